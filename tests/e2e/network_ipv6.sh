#!/usr/bin/env bash
# A command has IPv6 where the host has a way to all of it, and the host's loopback is as far away as with IPv4. With each program that
# connects networks, in a network of the test's own.
. "$(dirname "$0")/../support/e2e.sh"
require_own_network
private_network "$@"

outward_interface
ipv6_outwards

mkdir served
echo greeting >served/key
serve() {
    python3 -m http.server --bind "$1" --directory served 8000 >"$1.log" 2>&1 &
    servers+=($!)
    until (exec 3<>"/dev/tcp/$1/8000") 2>/dev/null; do kill -0 $! || fail "$(cat "$1.log")"; sleep 0.05; done
}
serve 2001:db8::1
serve ::1

see_ipv6() {
    dockerfile <<'END'
FROM busybox
RUN awk '!/^fe80/ { print $1, $6 }' /proc/net/if_inet6 >/addresses
END
    build "$1.without" --platform linux/amd64 --no-cache
    unpack "$1.without" amd64 "$1.image"
    assert_eq "00000000000000000000000000000001 lo" "$(cat "$1.image/rootfs/addresses")" "addresses without a way"

    ip -6 route add default dev out
    dockerfile <<'END'
FROM busybox
RUN for i in 1 2 3; do timeout 20 wget -qO /outside 'http://[2001:db8::1]:8000/key' && break; done
RUN gateway=$(ip -6 route | sed -n 's/^default via \([^ ]*\).*/\1/p') && [ -n "$gateway" ] && echo "$gateway" >/gateway
RUN for host in ::1 "$(cat /gateway)"; do timeout 5 wget -qO- "http://[$host]:8000/key" 2>/dev/null || echo nothing; done >/loopback
RUN --network=host timeout 60 wget -qO /by-host 'http://[::1]:8000/key'
END
    build "$1.with" --platform linux/amd64
    unpack "$1.with" amd64 "$1.image.with"
    assert_eq "greeting" "$(cat "$1.image.with/rootfs/outside")" "what is outside"
    assert_eq "nothing nothing" "$(xargs <"$1.image.with/rootfs/loopback")" "the host's loopback"
    assert_eq "greeting" "$(cat "$1.image.with/rootfs/by-host")"
    ip -6 route del default dev out
}

see_ipv6 slirp4netns
if command -v pasta >/dev/null; then
    path_without slirp4netns
    export MABPLAN_CACHE_DIR=$work/store-of-pasta
    see_ipv6 pasta
fi
