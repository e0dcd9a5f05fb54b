#!/usr/bin/env bash
# A context that changed between compile and run is noticed: nothing is built from bytes that the plan does not name.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY file /file
END
echo one >context/file
compile_plan
echo two >context/file
exits 5 "$MABPLAN" run
assert_says log file
echo one >context/file
exits 0 "$MABPLAN" run
