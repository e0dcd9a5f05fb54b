#!/usr/bin/env bash
# Interrupted while it waits for a server, a registry or a repository, before anything is built: exit 130 at once, and no git, no temporary
# folder and nothing half-written stays.
. "$(dirname "$0")/../support/e2e.sh"

start_file_server
head -c 3000000 /dev/urandom >served/large
: >silent.port
python3 - >silent.port 2>silent.log <<'END' &
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
kept = []
while True:
    kept.append(listener.accept()[0])
    print("hanging", file=sys.stderr, flush=True)
END
servers+=($!)
await_port silent "the silent server"
silent=localhost:$(cat silent.port)
waiting() { cat server.log silent.log | grep -c hanging || true; }

# interrupted SIGNAL WORD…: mabplan with these words is sent the signal when it waits for a server.
interrupted() {
    local signal=$1 before pid status=0 tries=600 begun
    shift
    before=$(waiting)
    setsid "$MABPLAN" "$@" >log 2>&1 </dev/null &
    pid=$!
    until [ "$(waiting)" -gt "$before" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] && kill -0 "$pid" 2>/dev/null || { cat log >&2; kill -9 "$pid" || true; fail "it does not wait: $*"; }
        sleep 0.05
    done
    sleep 0.2
    begun=$SECONDS
    kill "-$signal" "$pid"
    wait "$pid" || status=$?
    [ "$status" -eq 130 ] || { cat log >&2; fail "SIG$signal: expected exit 130, got $status: $*"; }
    [ $((SECONDS - begun)) -lt 15 ] || fail "SIG$signal was heeded after $((SECONDS - begun)) s: $*"
    assert_says log interrupted
    assert_eq "" "$(pgrep -r D,R,S,T -s "$pid" -a || true)" "processes left of $*"  # what has ended waits for init
    assert_eq "" "$(ls -A store/tmp)" "left in the store by $*"
    assert_eq "" "$(find store/blobs -type f)" "blobs in the store after $*"
    assert_eq "" "$(ls -A "$TMPDIR")" "left in the temporary folder by $*"
}

for signal in INT TERM; do
    # a repository, the URL of a Dockerfile, an archive as context that stops half way
    interrupted $signal build "http://$server/hang/project.git"
    interrupted $signal build -f "http://$server/hang/Dockerfile" context
    interrupted $signal build "http://$server/stall/large"
    # a registry
    printf 'FROM %s/image\nRUN true\n' "$silent" >context/Dockerfile
    interrupted $signal build context
    interrupted $signal check context
    interrupted $signal image inspect "$silent/image"
    interrupted $signal image run "$silent/image"
done

printf 'targets: {it: {context: "http://%s/hang/project.git"}}\n' "$server" >mabplan.yaml
interrupted INT compile
[ ! -e mabplan.plan.json ] || fail "an interrupted compile left a plan"

# What ADD takes is asked for when a plan runs.
printf 'FROM scratch\nADD http://%s/hang/project.git /\nADD http://%s/stall/large /\n' "$server" "$server" >context/Dockerfile
interrupted INT build context

# Somebody who types the context, or does not.
mkfifo silence
sleep 600 >silence &
servers+=($!)
setsid "$MABPLAN" build - >log 2>&1 <silence &
pid=$!
sleep 1
kill -INT "$pid"
status=0
wait "$pid" || status=$?
assert_eq 130 "$status" "exit status while the context is read"
assert_eq "" "$(ls -A store/tmp)" "left in the store"
