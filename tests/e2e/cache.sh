#!/usr/bin/env bash
# The store can be looked into and emptied, and is whole afterwards.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo x > /x
END
build first
exits 0 "$MABPLAN" cache ls
"$MABPLAN" cache ls --json | jq -e . >/dev/null || fail "cache ls --json is not JSON"
exits 0 "$MABPLAN" cache du
"$MABPLAN" cache du --json | jq -e . >/dev/null || fail "cache du --json is not JSON"
exits 2 "$MABPLAN" cache prune </dev/null
assert_says log "there is no terminal to ask"
exits 0 "$MABPLAN" cache prune --all --force
build second
assert_eq 1 "$(executed)" "after prune --all --force the step is executed again"
assert_eq "$(image_digest first)" "$(image_digest second)"
