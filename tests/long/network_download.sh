#!/usr/bin/env bash
# 500 MB come through the network of a command, in a time of the same order as through the host's: says both rates. With each program that
# connects networks, in a network of the test's own.
. "$(dirname "$0")/../support/e2e.sh"
command -v ip >/dev/null || skip "ip is not installed"
require_own_network
private_network "$@"

megabytes=500
ip link set lo up
ip link add out type veth peer name in 2>/dev/null || skip "this kernel has no veth interfaces"
ip link set in up
ip address add 192.0.2.1/24 dev out
ip link set out up
ip route add default dev out
mkdir served
head -c "${megabytes}M" /dev/zero >served/big
python3 -m http.server --bind 192.0.2.1 --directory served 8001 >server.log 2>&1 &
servers+=($!)
until (exec 3<>/dev/tcp/192.0.2.1/8001) 2>/dev/null; do kill -0 $! || fail "$(cat server.log)"; sleep 0.05; done

# rate MODE: megabytes a second of a command with this network
rate() {
    local seconds
    printf 'FROM busybox\nRUN --network=%s wget -qO - http://192.0.2.1:8001/big | wc -c >/bytes && cut -d" " -f1 /proc/uptime >/end\n' "$1" >context/Dockerfile
    sed -i 's/^RUN --network=[a-z]* /&cut -d" " -f1 \/proc\/uptime >\/start; /' context/Dockerfile
    build it --platform linux/amd64 --no-cache
    unpack it amd64 image
    assert_eq $((megabytes << 20)) "$(cat image/rootfs/bytes)" "bytes that arrived"
    seconds=$(awk '{ t[NR] = $1 } END { print t[2] - t[1] + 0.01 }' image/rootfs/start image/rootfs/end)
    rm -rf it image image.*
    awk -v m="$megabytes" -v s="$seconds" 'BEGIN { printf "%d\n", m / s }'
}
host=$(rate host)
echo "host: $host MB/s"
check() {
    local own
    own=$(rate default)
    echo "$1: $own MB/s"
    # busy machines differ by chance; one that carries packets one by one is slower by far
    [ "$own" -ge $((host / 20)) ] && [ "$own" -ge 20 ] || fail "$1 carries $own MB/s, the host $host"
}
check slirp4netns
if command -v pasta >/dev/null; then
    path_without slirp4netns
    check pasta
fi
