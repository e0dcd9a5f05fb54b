#!/usr/bin/env bash
# cache prune works beside builds: it takes what none of them holds, and each of them ends as it would without it.
. "$(dirname "$0")/../support/e2e.sh"

# Something old that nobody needs.
dockerfile <<'END'
FROM busybox
RUN echo old > /old
END
build old
old=$(find store/snapshots -path '*/fs/old' -print -quit)
[ -n "$old" ] || fail "no snapshot of what is old"

project() { mkdir -p "$1" && printf 'FROM busybox\nRUN --mount=type=cache,target=/c echo %s > /one && echo x >> /c/x\nRUN sleep 1; cat /one > /two\nRUN sleep 1; cat /two > /three\n' "$1" >"$1/Dockerfile"; }
for name in a b c; do
    project "$name"
    "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=out-$name,tar=false" "$name" >"log-$name" 2>&1 &
done
sleep 0.3
removed=0
for round in 1 2 3 4 5 6; do
    exits 0 "$MABPLAN" cache prune --all --force
    grep -q "removed 0 items" log || removed=$((removed + 1))
    sleep 0.3
done
wait $(jobs -p) || { cat log-*; fail "a build beside prunes failed"; }
[ ! -e "$old" ] || fail "what nobody held is still there"
[ "$removed" -gt 0 ] || fail "nothing was removed"
for name in a b c; do
    MABPLAN_CACHE_DIR=$work/clean "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=clean-$name,tar=false" "$name" >log 2>&1
    assert_eq "$(image_digest "clean-$name")" "$(image_digest "out-$name")" "$name"
    assert_silent_about "log-$name" warning
done
# When they have ended, all goes.
exits 0 "$MABPLAN" cache prune --all --force
assert_silent_about log "in use"
assert_eq 0 "$("$MABPLAN" cache du --json | jq .items)"
