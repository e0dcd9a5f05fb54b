#!/usr/bin/env bash
# What refers to an image in a registry is found and goes along, whether registries keep account of it or leave that to a tag.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
python3 "$MABPLAN_SOURCE/tests/e2e/referrers.py" "$MABPLAN" "$registry"

# Of a layout nobody knows, and into one it does not go.
exits 2 "$MABPLAN" image inspect --referrers "oci:$MABPLAN_BASES/busybox:latest"
assert_says log "known of registries alone"
exits 2 "$MABPLAN" image copy --referrers "docker://$registry/team/app:1" oci:out:1
assert_says log "leave --referrers out"
[ ! -e out ] || fail "it was written before it was refused"
