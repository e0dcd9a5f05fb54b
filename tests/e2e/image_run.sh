#!/usr/bin/env bash
# A built image runs in the sandbox, for each of its platforms, with its own command and with another.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
ENV WHO=world
WORKDIR /here
ENTRYPOINT ["sh", "-c", "echo hello $WHO from $(uname -m) in $(pwd)"]
END
build out --platform linux/amd64,linux/arm64
assert_eq "hello world from x86_64 in /here" "$("$MABPLAN" image run out --platform linux/amd64)"
assert_eq "hello world from aarch64 in /here" "$("$MABPLAN" image run out --platform linux/arm64)"
dockerfile <<'END'
FROM busybox
CMD ["false"]
END
build plain --platform linux/amd64
assert_eq "a b" "$("$MABPLAN" image run plain --platform linux/amd64 echo a b)"
exits 1 "$MABPLAN" image run plain --platform linux/amd64
conf=$("$MABPLAN" image run plain --platform linux/amd64 --dns 192.0.2.1 --dns-search a --dns-search b --dns-option ndots:2 cat /etc/resolv.conf)
assert_eq "nameserver 192.0.2.1
search a b
options ndots:2" "$(head -n 3 <<<"$conf")"
exits 2 "$MABPLAN" image run plain --platform linux/amd64 --dns nowhere true

# a server at a port below 1024, of a user who is not root: it is the image's own network
dockerfile <<'END'
FROM busybox
RUN mkdir /www && echo served >/www/index.html
USER 1234
CMD httpd -p 80 -h /www && wget -qO- http://127.0.0.1/ && ls /sys/class/net | xargs
END
if has_own_network; then
    build server --platform linux/amd64
    assert_eq "served eth0 lo" "$("$MABPLAN" image run server --platform linux/amd64 | xargs)"
    assert_eq "$(ls /sys/class/net | xargs)" "$("$MABPLAN" image run server --platform linux/amd64 --network host sh -c 'ls /sys/class/net' | xargs)"
    assert_eq lo "$("$MABPLAN" image run server --platform linux/amd64 --network none sh -c 'ls /sys/class/net' | xargs)"
fi
