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
assert_eq "hello world from x86_64 in /here" "$("$MABPLAN" image run --platform linux/amd64 out)"
[ "$(uname -m)" != x86_64 ] || assert_eq "hello world from x86_64 in /here" "$("$MABPLAN" image run --platform local out)"
assert_eq "hello world from aarch64 in /here" "$("$MABPLAN" image run --platform linux/arm64 out)"
dockerfile <<'END'
FROM busybox
CMD ["false"]
END
build plain --platform linux/amd64
assert_eq "a b" "$("$MABPLAN" image run --platform linux/amd64 plain echo a b)"
exits 1 "$MABPLAN" image run --platform linux/amd64 plain
conf=$("$MABPLAN" image run --platform linux/amd64 --dns 192.0.2.1 --dns-search a --dns-search b --dns-option ndots:2 plain cat /etc/resolv.conf)
assert_eq "nameserver 192.0.2.1
search a b
options ndots:2" "$(head -n 3 <<<"$conf")"
exits 2 "$MABPLAN" image run --platform linux/amd64 --dns nowhere plain true

# a server at a port below 1024, of a user who is not root: it is the image's own network
dockerfile <<'END'
FROM busybox
RUN mkdir /www && echo served >/www/index.html
USER 1234
CMD httpd -p 80 -h /www && wget -qO- http://127.0.0.1/ && ls /sys/class/net | xargs
END
if has_own_network; then
    build server --platform linux/amd64
    assert_eq "served eth0 lo" "$("$MABPLAN" image run --platform linux/amd64 server | xargs)"
    assert_eq "$(ls /sys/class/net | xargs)" "$("$MABPLAN" image run --platform linux/amd64 --network host server sh -c 'ls /sys/class/net' | xargs)"
    assert_eq lo "$("$MABPLAN" image run --platform linux/amd64 --network none server sh -c 'ls /sys/class/net' | xargs)"
fi

# All behind the image is the command's, also what looks like a flag.
dockerfile <<'EOF'
FROM busybox
ENTRYPOINT ["echo", "got"]
EOF
build echo --platform linux/amd64
assert_eq "got -x --platform linux/arm64 -- y" "$("$MABPLAN" image run -e A=b echo -x --platform linux/arm64 -- y)"
assert_eq "got -n" "$("$MABPLAN" image run --rm -i echo -n)"

# Volumes that the image declares are folders, also where it has none there; what it has there is seen.
dockerfile <<'END'
FROM busybox
RUN mkdir /has && echo kept >/has/file
VOLUME /has /lacks
CMD ["sh", "-c", "echo new >/lacks/file && cat /has/file /lacks/file"]
END
build volumes --platform linux/amd64
assert_eq "kept new" "$("$MABPLAN" image run volumes | xargs)"
mkdir -p given/b && echo given >given/file
assert_eq "given" "$("$MABPLAN" image run -v ./given:/lacks:ro volumes cat /lacks/file)"

mkdir inner && echo inner >inner/file
assert_eq "inner given" "$("$MABPLAN" image run -v ./inner:/lacks/a/b -v ./given:/lacks/a volumes sh -c 'cat /lacks/a/b/file /lacks/a/file' | xargs)" "one in another, in whatever order"
assert_eq "mine-unset" "$(MINE=mine "$MABPLAN" image run -e MINE -e NOT_THERE volumes sh -c 'echo "$MINE-${NOT_THERE-unset}"')"

# A stop leaves the command time for its end, and its code; one that takes no notice is ended by a second signal.
cat >run_and_stop.sh <<'END'
"$MABPLAN" image run -v .:/out volumes sh -c "trap 'echo cleared >/out/trap; exit 9' $2; echo ready >/out/ready; while :; do sleep 0.1; done" &
until [ -e ready ]; do sleep 0.05; done
kill -"$1" $!
wait $!
END
for signal in TERM HUP INT; do
    rm -f ready trap
    exits 9 bash run_and_stop.sh $signal $signal
    assert_eq cleared "$(cat trap)" "$signal reaches the command as it is"
done
cat >sleep_and_stop.py <<'END'
import os, signal, subprocess, sys, time
run = subprocess.Popen([os.environ["MABPLAN"], "image", "run", "-v", ".:/out", "volumes", "sh", "-c", "echo > /out/asleep; exec sleep 60"])
while not os.path.exists("asleep"):
    time.sleep(0.05)
run.send_signal(getattr(signal, sys.argv[1]))
sys.exit(run.wait())
END
rm -f asleep && exits 143 python3 sleep_and_stop.py SIGTERM
rm -f asleep && exits 130 python3 sleep_and_stop.py SIGINT

# --pull always asks the registry of a name that the store has; an id is as good as a name.
start_registry
dockerfile <<'END'
FROM busybox
ARG WHAT
RUN echo "$WHAT" >/what
CMD ["cat", "/what"]
END
for what in ours theirs; do
    exits 0 "$MABPLAN" build -q --build-context "busybox=$busybox" --build-arg "WHAT=$what" -t "$registry/app:1" --push --iidfile "$what.id" context
done
exits 0 "$MABPLAN" build -q --build-context "busybox=$busybox" --build-arg WHAT=ours -t "$registry/app:1" context
assert_eq ours "$("$MABPLAN" image run "$registry/app:1")"
assert_eq theirs "$("$MABPLAN" image run --pull always "$registry/app:1")"
exits 2 "$MABPLAN" image run --pull sometimes "$registry/app:1"
assert_eq ours "$("$MABPLAN" image run "$(cat ours.id)")"
assert_eq ours "$("$MABPLAN" image run "$("$MABPLAN" image ls | grep -o '[0-9a-f]\{12\}' | head -n 1)")"
exits 2 "$MABPLAN" image run "sha256:$(printf 'f%.0s' $(seq 64))"
assert_says log "the store has no image with the id"
assert_eq ours "$("$MABPLAN" image run "$("$MABPLAN" build -q --build-context "busybox=$busybox" --build-arg WHAT=ours context)")"
