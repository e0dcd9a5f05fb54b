#!/usr/bin/env bash
# RUN --mount=type=ssh: the agent of the user, or the one that is named, behind a socket of the step's own.
. "$(dirname "$0")/../support/e2e.sh"

build_ask_agent
# An agent that answers every request with its name and the request: what a real one does is seen in mount_ssh_keys.sh.
cat >agent.py <<'END'
import os, socket, sys, threading
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
def serve(client):
    while data := client.recv(4096):
        answer = sys.argv[2].encode() + b":" + data[4:]
        client.sendall(len(answer).to_bytes(4, "big") + answer)
    client.close()
print("ready", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
END
start_agent() {
    python3 agent.py "$work/$1.sock" "$1" >"$1.ready" 2>&1 &
    servers+=($!)
    for _ in $(seq 100); do [ -s "$1.ready" ] && return; sleep 0.05; done
    fail "the agent did not start: $(cat "$1.ready")"
}
start_agent usual
start_agent other
dockerfile <<'END'
FROM busybox
COPY ask_agent /bin/ask
RUN --mount=type=ssh echo "$SSH_AUTH_SOCK" >/named && ask $SSH_AUTH_SOCK 11 68656c6c6f >/one
RUN --mount=type=ssh,target=/agent,mode=0660,uid=7,gid=8 stat -c '%a %u:%g' /agent >/owned && test "$SSH_AUTH_SOCK" = /agent && ask /agent 13 01 >>/one
RUN --mount=type=ssh,id=deploy --mount=type=ssh ask /run/buildkit/ssh_agent.0 11 >/two && ask /run/buildkit/ssh_agent.1 11 >>/two
RUN --mount=type=ssh for type in 17 18 19 22 27; do ask $SSH_AUTH_SOCK $type 0102; done >/forbidden
RUN --mount=type=ssh,id=none test ! -e /run/buildkit/ssh_agent.0
USER 1000
RUN --mount=type=ssh,uid=1000 test -S $SSH_AUTH_SOCK && ask $SSH_AUTH_SOCK 11 | grep 7375616c
END
export SSH_AUTH_SOCK=$work/usual.sock
build out --platform linux/amd64 --ssh default --ssh deploy=other.sock
unpack out amd64 image
assert_eq /run/buildkit/ssh_agent.0 "$(cat image/rootfs/named)"
# "117 73…" is "usual:", read as an answer of type "u"
assert_eq "117 7375616c3a0b68656c6c6f 117 7375616c3a0d01" "$(xargs <image/rootfs/one)"
assert_eq "660 7:8" "$(cat image/rootfs/owned)"
assert_eq "111 746865723a0b 117 7375616c3a0b" "$(xargs <image/rootfs/two)"
assert_eq "$(printf '117 7375616c3aff %.0s' 1 2 3 4 5)" "$(tr '\n' ' ' <image/rootfs/forbidden)" "what changes an agent doesn't reach it"
for gone in agent run/buildkit; do [ ! -e image/rootfs/$gone ] || fail "/$gone is in the image"; done

dockerfile <<'END'
FROM busybox
RUN --mount=type=ssh,required true
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log 'the ssh agent "default" is needed and not given'
unset SSH_AUTH_SOCK
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --ssh default context
assert_says log SSH_AUTH_SOCK
