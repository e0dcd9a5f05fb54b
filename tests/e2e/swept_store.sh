#!/usr/bin/env bash
# What a killed run leaves in the store's tmp/ goes with the next run, and with a prune.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo > /made
END
build out
for how in run prune; do
    mkdir -p "$MABPLAN_CACHE_DIR/tmp/snapshot-1-0/fs/bin" "$MABPLAN_CACHE_DIR/tmp/run-gone"
    : >"$MABPLAN_CACHE_DIR/tmp/run-gone.lock"
    if [ $how = run ]; then build out; else exits 0 "$MABPLAN" cache prune --keep-duration 10d; fi
    assert_eq "" "$(ls "$MABPLAN_CACHE_DIR/tmp")" "left in tmp/ after a $how"
done
