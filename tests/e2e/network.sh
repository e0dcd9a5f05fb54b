#!/usr/bin/env bash
# A command has a network of its own: its ports are its own, what listens on the host is out of reach, and nothing of it is found by the
# next command. With each program that connects networks.
. "$(dirname "$0")/../support/e2e.sh"
require_own_network

start_file_server
echo greeting >served/greeting
port=${server#*:}
# reach NAME…: shell words that ask each address for the greeting
asking() { for address in "$@"; do printf 'echo "%s $(timeout 5 wget -qO- http://%s:%s/greeting 2>/dev/null || echo nothing)"; ' "$address" "$address" "$port"; done; }

see_network() {
    # two servers at one port, side by side, each heard by its own command alone, for two platforms
    dockerfile <<'END'
FROM busybox AS a
RUN mkdir -p /www && echo "a $(uname -m)" >/www/who && httpd -p 80 -h /www && sleep 1 && wget -qO- http://127.0.0.1/who >/heard
FROM busybox AS b
RUN mkdir -p /www && echo "b $(uname -m)" >/www/who && httpd -p 80 -h /www && sleep 1 && wget -qO- http://127.0.0.1/who >/heard
FROM busybox
COPY --from=a /heard /a
COPY --from=b /heard /b
END
    build "$1.side" --platform linux/amd64,linux/arm64 -j 4
    unpack "$1.side" amd64 "$1.amd64"
    unpack "$1.side" arm64 "$1.arm64"
    assert_eq "a x86_64 b x86_64" "$(cat "$1.amd64/rootfs/a" "$1.amd64/rootfs/b" | xargs)"
    assert_eq "a aarch64 b aarch64" "$(cat "$1.arm64/rootfs/a" "$1.arm64/rootfs/b" | xargs)"

    # one after the other: the port is free again at once, and nobody listens
    dockerfile <<'END'
FROM busybox
RUN httpd -p 8080 -h /bin && for i in 1 2 3; do wget -qO /dev/null http://127.0.0.1:8080/busybox; done
RUN ! wget -qO /dev/null http://127.0.0.1:8080/busybox && ! grep -q :1F90 /proc/net/tcp && httpd -p 8080 -h /bin
USER 1234
RUN httpd -p 81 -h /bin && wget -qO /dev/null http://127.0.0.1:81/busybox && grep -q "^0[[:space:]]" /proc/sys/net/ipv4/ping_group_range
USER 0
RUN ping -c 1 -W 2 127.0.0.1 >/dev/null
RUN ip route >/routes; ip -o link | cut -d: -f2 >/interfaces; ! ip link set eth0 down && ! ip route del unreachable 169.254.0.0/16
END
    build "$1.after" --platform linux/amd64 -j 1
    unpack "$1.after" amd64 "$1.after.image"
    assert_eq "lo eth0" "$(xargs <"$1.after.image/rootfs/interfaces")"
    assert_says "$1.after.image/rootfs/routes" "unreachable 169.254.0.0/16"
    assert_says "$1.after.image/rootfs/routes" "default via"

    # the host: not its loopback, but where that is asked for
    printf 'FROM busybox\nRUN ip route | sed -n "s/^default via \\([^ ]*\\).*/\\1/p" >/gateway; { %s } >/reached; { %s } >>/reached\n' \
        "$(asking 127.0.0.1 localhost)" "$(asking '$(cat /gateway)')" >context/Dockerfile
    build "$1.host" --platform linux/amd64
    unpack "$1.host" amd64 "$1.host.image"
    assert_eq "nothing nothing nothing" "$(cut -d' ' -f2 "$1.host.image/rootfs/reached" | xargs)"
    printf 'FROM busybox\nRUN --network=host { %s } >/by-network\nRUN { %s } >/by-name\n' "$(asking 127.0.0.1)" "$(asking there 127.0.0.1)" >context/Dockerfile
    build "$1.asked" --platform linux/amd64 --add-host there:host-gateway
    unpack "$1.asked" amd64 "$1.asked.image"
    assert_eq "127.0.0.1 greeting" "$(cat "$1.asked.image/rootfs/by-network")"
    assert_eq "there greeting 127.0.0.1 nothing" "$(xargs <"$1.asked.image/rootfs/by-name")"
    rm -rf "$1".*
}

see_network slirp4netns
if command -v pasta >/dev/null; then
    path_without slirp4netns
    export MABPLAN_CACHE_DIR=$work/store-of-pasta
    see_network pasta
fi

# a proxy on the host's loopback is not reached: that is said, once
printf 'FROM busybox\nRUN true\nRUN echo\nRUN --network=host true\n' >context/Dockerfile
build proxied --build-arg HTTP_PROXY=http://127.0.0.1:3128
assert_eq 1 "$(grep -c "does not reach the host's loopback, where HTTP_PROXY is" log)"
