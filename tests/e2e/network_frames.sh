#!/usr/bin/env bash
# What is out of reach stays so for frames that a command makes by itself, past its routes: the host's loopback, and link-local addresses,
# also as IPv4 in IPv6. With each program that connects networks, in a network of the test's own.
. "$(dirname "$0")/../support/e2e.sh"
require_own_network
private_network "$@"

outward_interface
ipv6_outwards
ip address add 169.254.7.7/16 dev out
ip -6 route add default dev out

# Notes what is sent to port 7777 at any address of the host's.
python3 - >>heard 2>listener.log <<'END' &
import socket
server = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
server.bind(("::", 7777))
print("listening", flush=True)
while True:
    print(server.recv(100).decode(), flush=True)
END
servers+=($!)
until grep -q listening heard; do kill -0 $! || fail "$(cat listener.log)"; sleep 0.05; done

cat >context/send.py <<'END'
import os, socket, struct, sys, time

TO_ALL = b"\xff" * 6
OWN6 = socket.inet_pton(socket.AF_INET6, "fd00::100")
# an interface that was made a moment ago
for attempt in range(100):
    if "eth0" in open("/proc/net/dev").read(): break
    time.sleep(0.05)
frames = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
frames.bind(("eth0", 3))
mac = frames.getsockname()[4]
probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
probe.connect(("192.0.2.1", 9))
OWN4 = socket.inet_aton(probe.getsockname()[0])


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16: total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def udp(text, ends):
    size = 8 + len(text)
    head = struct.pack("!HHHH", 40000, 7777, size, 0) + text
    return head[:6] + struct.pack("!H", checksum(ends + struct.pack("!HH", 17, size) + head) or 0xFFFF) + text


for name in sys.argv[1:]:
    text = ("frame to " + name).encode()
    if ":" in name:
        to = socket.inet_pton(socket.AF_INET6, name)
        body = udp(text, OWN6 + to)
        packet = b"\x86\xdd" + struct.pack("!IHBB", 6 << 28, len(body), 17, 64) + OWN6 + to + body
    else:
        to = socket.inet_aton(name)
        body = udp(text, OWN4 + to)
        head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(body), 1, 0, 64, 17, 0) + OWN4 + to
        packet = b"\x08\x00" + head[:10] + struct.pack("!H", checksum(head)) + head[12:] + body
    frames.send(TO_ALL + mac + packet)
# the same of who has no rights at all
os.setgid(65534)
os.setuid(65534)
bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
bound.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, b"eth0")
for name in "127.0.0.1", "192.0.2.1":
    try: bound.sendto(("bound to " + name).encode(), (name, 7777))
    except OSError as error: print(name, error)
time.sleep(1)
END
send_frames() {
    : >heard
    printf 'FROM python\nCOPY send.py /\nRUN python3 /send.py 127.0.0.1 127.8.8.8 0.0.0.0 169.254.7.7 ::1 :: ::ffff:127.0.0.1 ::ffff:169.254.7.7 192.0.2.1 2001:db8::1\n' >context/Dockerfile
    exits 0 "$MABPLAN" build --no-cache --build-context "python=oci-layout://$MABPLAN_BASES/python:3.11-slim" --platform linux/amd64 context
    assert_eq "bound to 192.0.2.1, frame to 192.0.2.1, frame to 2001:db8::1" "$(sort heard | paste -sd, | sed 's/,/, /g')" "what arrived through $1"
}

send_frames slirp4netns
if command -v pasta >/dev/null; then
    path_without slirp4netns
    send_frames pasta
fi
