#!/usr/bin/env bash
# Names: of servers that the host uses, also where they are on its loopback; and what is link-local is out of reach, which it is not for
# the host. In a network of the test's own.
. "$(dirname "$0")/../support/e2e.sh"
require_own_network
private_network "$@"

outward_interface
for address in 192.0.2.53/32 169.254.7.7/32; do ip address add "$address" dev lo; done
# start_names ADDRESS ANSWER: a name server that gives every name this address
start_names() {
    python3 - "$@" >names.log 2>&1 <<'END' &
import socket, sys
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind((sys.argv[1], 53))
print("listening", flush=True)
while True:
    query, peer = server.recvfrom(512)
    question = query[12:query.index(b"\0", 12) + 5]
    wants_ipv4 = question[-4:-2] == b"\0\1"
    answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(sys.argv[2]) if wants_ipv4 else b""
    server.sendto(query[:2] + b"\x81\x80\0\1" + (b"\0\1" if wants_ipv4 else b"\0\0") + b"\0\0\0\0" + question + answer, peer)
END
    servers+=($!)
    until grep -q listening names.log; do kill -0 $! || fail "$(cat names.log)"; sleep 0.05; done
}
start_names 127.0.0.1 192.0.2.7
start_names 192.0.2.53 192.0.2.8
asked() {
    echo "nameserver $1" >resolv.conf
    mount --bind resolv.conf "$(realpath /etc/resolv.conf)"
    printf 'FROM busybox\nRUN cat /etc/resolv.conf; nslookup some.name.test >/answer || cat /answer\n' >context/Dockerfile
    build named --platform linux/amd64 --no-cache
    umount "$(realpath /etc/resolv.conf)"
    unpack named amd64 named.image
    sed -n 's/^Address.*[ \t]\(192\.0\.2\.[0-9]*\)$/\1/p' named.image/rootfs/answer | tail -n 1
    rm -rf named named.image*
}
assert_eq 192.0.2.8 "$(asked 192.0.2.53)" "a server that a command reaches by itself"
assert_eq 192.0.2.7 "$(asked 127.0.0.1)" "a server on the host's loopback"

# what is link-local
mkdir served
echo secret >served/key
python3 -m http.server --bind 169.254.7.7 --directory served 8000 >link.log 2>&1 &
servers+=($!)
until (exec 3<>/dev/tcp/169.254.7.7/8000) 2>/dev/null; do kill -0 $! || fail "$(cat link.log)"; sleep 0.05; done
dockerfile <<'END'
FROM busybox
RUN --network=host wget -qO /by-host http://169.254.7.7:8000/key
RUN wget -qO /own http://169.254.7.7:8000/key 2>/refused; echo $? >/status
RUN wget -qO /outside http://192.0.2.1:8001/key
END
python3 -m http.server --bind 192.0.2.1 --directory served 8001 >outside.log 2>&1 &
servers+=($!)
until (exec 3<>/dev/tcp/192.0.2.1/8001) 2>/dev/null; do kill -0 $! || fail "$(cat outside.log)"; sleep 0.05; done
build link --platform linux/amd64
unpack link amd64 link.image
assert_eq "secret 1 secret" "$(cat link.image/rootfs/by-host link.image/rootfs/status link.image/rootfs/outside | xargs)"
[ ! -s link.image/rootfs/own ] || fail "a command reached a link-local address"
