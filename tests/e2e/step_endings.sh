#!/usr/bin/env bash
# Commands that fork, daemonise, ignore SIGTERM, fill their pipes or print a gigabyte: each step ends when its command does, nothing of it
# stays, and its log is bounded.
. "$(dirname "$0")/../support/e2e.sh"

sleeping=98$$
dockerfile <<END
FROM busybox
RUN sleep $sleeping & echo forked
RUN (setsid sh -c 'trap "" HUP TERM; sleep $sleeping; true' </dev/null >/dev/null 2>&1 &) ; echo daemon
RUN (while :; do echo still here; done) & sleep 0.2; echo done
RUN dd if=/dev/zero bs=65536 count=200 2>/dev/null | tr '\\\\0' x >&2 & dd if=/dev/zero bs=65536 count=200 2>/dev/null | tr '\\\\0' y; wait
RUN echo first line; yes 0123456789012345678901234567890123456789012345678901234567890 | head -c 1000000000; echo last line
END
SECONDS=0
build out --platform linux/amd64 --progress plain
[ "$SECONDS" -lt 100 ] || fail "the steps took $SECONDS s"
! pgrep -f "sleep $sleeping" >/dev/null || fail "a process of a step still runs"
assert_says log 'first line'
assert_says log 'the log of this step is cut off'
[ "$(wc -c <log)" -lt 12000000 ] || fail "the log has $(wc -c <log) bytes"

# one that fails says how it ended, however much it printed before
printf 'FROM busybox\nRUN yes | head -c 50000000; echo the reason >&2; exit 3\n' >context/Dockerfile
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" --progress plain context
assert_says log 'the reason'
assert_says log 'the command exited with 3'

# an interrupted build does not wait for a command that will not hear
printf 'FROM busybox\nRUN trap "" TERM INT HUP; sleep %s & while :; do wait; sleep 1; done\n' "$sleeping" >context/Dockerfile
"$MABPLAN" build --build-context "busybox=$busybox" context >log 2>&1 &
pid=$!
for _ in $(seq 200); do ! pgrep -f "sleep $sleeping" >/dev/null || break; sleep 0.05; done
SECONDS=0 status=0
kill -TERM $pid
wait $pid || status=$?
assert_eq 130 "$status"
[ "$SECONDS" -lt 20 ] || fail "ending took $SECONDS s"
! pgrep -f "sleep $sleeping" >/dev/null || fail "a process of a step still runs"
