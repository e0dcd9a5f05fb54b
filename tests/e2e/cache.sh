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
exits 0 "$MABPLAN" cache prune --dry-run
assert_says log "would go"
exits 0 "$MABPLAN" cache prune --dry-run --json
assert_eq "true true" "$(jq -r '"\(.dry_run) \(.items > 2)"' log)"
for none in "--filter until=1h" "--keep-duration 1h" "--min-free-space 1" "--max-used-space 1TB" "--filter kind=mount" "--all --filter until=1h"; do
    # shellcheck disable=SC2086
    exits 0 "$MABPLAN" cache prune $none
    assert_says log "removed 0 items"
done
exits 2 "$MABPLAN" cache prune --filter knid=blob
assert_says log "kind=blob, layer or mount"
build again
assert_eq 0 "$(executed)"
exits 0 "$MABPLAN" cache prune --all --force
build second
assert_eq 1 "$(executed)" "after prune --all --force the step is executed again"
assert_eq "$(image_digest first)" "$(image_digest second)"
