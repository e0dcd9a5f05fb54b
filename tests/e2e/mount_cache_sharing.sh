#!/usr/bin/env bash
# Between processes: a locked cache is one command's at a time, a shared one is everybody's at once, a private one nobody else's.
. "$(dirname "$0")/../support/e2e.sh"

# project NAME SHARING COMMAND: a Dockerfile of its own in NAME, with the cache /c
project() {
    mkdir "$1"
    printf 'FROM busybox\nRUN --mount=type=cache,target=/c,sharing=%s %s\n' "$2" "$3" >"$1/Dockerfile"
}
start() { "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o "type=local,dest=$1.out" "$1" >"$1.log" 2>&1 & }
both() {
    local first second status=0
    start "$1"
    first=$!
    start "$2"
    second=$!
    wait $first || status=1
    wait $second || status=1
    [ $status -eq 0 ] || { cat "$1.log" "$2.log" >&2; fail "$1 and $2"; }
}
# Alone: nobody else's mark is there while mine is.
alone='test ! -e /c/busy && echo NAME >/c/busy && sleep 1 && test "$(cat /c/busy)" = NAME && rm /c/busy && echo NAME >>/c/order'
project locked-a locked "${alone//NAME/a}"
project locked-b locked "${alone//NAME/b}"
both locked-a locked-b
# Together: each waits for the mark of the other.
together='touch /c/here-NAME && for i in $(seq 100); do test -e /c/here-OTHER && exit 0; sleep 0.1; done; exit 1'
one=${together//NAME/a} two=${together//NAME/b}
project shared-a shared "${one//OTHER/b}"
project shared-b shared "${two//OTHER/a}"
both shared-a shared-b
# Apart: neither ever sees the other's mark.
apart='touch /c/apart-NAME && sleep 1 && ! test -e /c/apart-OTHER'
one=${apart//NAME/a} two=${apart//NAME/b}
project private-a private "${one//OTHER/b}"
project private-b private "${two//OTHER/a}"
both private-a private-b

# Who waits for a locked cache can be interrupted.
project holder locked 'sleep 5'
project waiter locked 'true'
start holder
holder=$!
sleep 1
start waiter
waiter=$!
sleep 0.5
kill -TERM $waiter
status=0
wait $waiter || status=$?
assert_eq 130 "$status"
kill -TERM $holder
wait $holder || true

# Who waits is told so, and the time is not the step's.
project slow locked 'sleep 6'
project patient locked 'true'
start slow
slow=$!
sleep 1
start patient
wait $! || { cat patient.log >&2; fail "who waited failed"; }
wait $slow || fail "who was waited for failed"
assert_says patient.log ' is waiting for the cache "/c" (locked), which another step or build uses'
seconds=$(sed -nE 's/.* RUN .* true native ([0-9.]+)s$/\1/p' patient.log)
awk -v seconds="$seconds" 'BEGIN { exit !(seconds != "" && seconds < 3) }' || { cat patient.log >&2; fail "the step took $seconds s"; }
assert_silent_about slow.log "is waiting"
