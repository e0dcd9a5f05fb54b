#!/usr/bin/env bash
# A plan edited by hand is refused, and so is one cut short.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo original > /x
END
compile_plan
sed 's/original/tampered/' mabplan.plan.json >edited.json
exits 2 "$MABPLAN" run edited.json
assert_says log "changed after it was compiled"
head -c 200 mabplan.plan.json >short.json
exits 2 "$MABPLAN" run short.json
exits 0 "$MABPLAN" run
