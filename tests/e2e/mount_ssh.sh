#!/usr/bin/env bash
# RUN --mount=type=ssh: the agent of the user, or the one that is named, behind a socket of the step's own.
. "$(dirname "$0")/../support/e2e.sh"

# What a client of an agent does, as a static program: ask SOCKET TEXT prints the answer.
cat >ask.c <<'END'
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
int main(int argc, char** argv) {
    struct sockaddr_un address = {AF_UNIX, ""};
    char answer[256];
    strncpy(address.sun_path, argv[argc - 2], sizeof address.sun_path - 1);
    int server = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(server, (struct sockaddr*)&address, sizeof address) != 0) return perror("connect"), 1;
    if (write(server, argv[argc - 1], strlen(argv[argc - 1])) < 0) return 1;
    shutdown(server, SHUT_WR);
    for (ssize_t count; (count = read(server, answer, sizeof answer)) > 0;) fwrite(answer, 1, count, stdout);
    puts("");
    return 0;
}
END
cc -static -o context/ask ask.c 2>cc.log || skip "no static C library: $(tail -n 1 cc.log)"
# An agent that answers every request with its name: what is asked of a real one needs an ssh client in the image.
cat >agent.py <<'END'
import os, socket, sys, threading
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
def serve(client):
    while data := client.recv(4096):
        client.sendall(sys.argv[2].encode() + b":" + data)
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
COPY ask /bin/ask
RUN --mount=type=ssh echo "$SSH_AUTH_SOCK" >/named && ask $SSH_AUTH_SOCK hello >/one
RUN --mount=type=ssh,target=/agent,mode=0660,uid=7,gid=8 stat -c '%a %u:%g' /agent >/owned && test "$SSH_AUTH_SOCK" = /agent && ask /agent again >>/one
RUN --mount=type=ssh,id=deploy --mount=type=ssh ask /run/buildkit/ssh_agent.0 x >/two && ask /run/buildkit/ssh_agent.1 y >>/two
RUN --mount=type=ssh,id=none test ! -e /run/buildkit/ssh_agent.0
USER 1000
RUN --mount=type=ssh,uid=1000 test -S $SSH_AUTH_SOCK && ask $SSH_AUTH_SOCK user | grep usual:user
END
export SSH_AUTH_SOCK=$work/usual.sock
build out --platform linux/amd64 --ssh default --ssh deploy=other.sock
unpack out amd64 image
assert_eq /run/buildkit/ssh_agent.0 "$(cat image/rootfs/named)"
assert_eq "usual:hello usual:again" "$(xargs <image/rootfs/one)"
assert_eq "660 7:8" "$(cat image/rootfs/owned)"
assert_eq "other:x usual:y" "$(xargs <image/rootfs/two)"
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
touch key
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --ssh default=key context
assert_says log 'ssh-add'
