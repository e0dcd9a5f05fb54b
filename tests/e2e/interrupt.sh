#!/usr/bin/env bash
# Interrupted by Ctrl-C: exit 130, and no process, mount or temporary folder stays.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo started && sleep 987654
END
mounts=$(wc -l </proc/self/mountinfo)
setsid "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context >log 2>&1 &
pid=$!
tries=400
until pgrep -s "$pid" -f 'sleep 987654' >/dev/null || pgrep -f '^sleep 987654' >/dev/null; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat log >&2; kill -9 "$pid"; fail "the step did not start"; }
    sleep 0.05
done
status=0
kill -INT "$pid"
wait "$pid" || status=$?
assert_eq 130 "$status" "exit status"
! pgrep -f '^sleep 987654' >/dev/null || fail "the step still runs"
assert_eq "$mounts" "$(wc -l </proc/self/mountinfo)" "number of mounts"
assert_eq "" "$(ls -A "$TMPDIR")" "left in the temporary folder"
[ ! -e out ] || fail "an interrupted build left an output"
