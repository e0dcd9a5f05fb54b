#!/usr/bin/env bash
# doctor says what this host can do, and as JSON; a host that can build ends with 0.
. "$(dirname "$0")/../support/e2e.sh"

exits 0 "$MABPLAN" doctor
assert_says log overlay
assert_says log aarch64
assert_says log 'network of commands'
"$MABPLAN" doctor --json | jq -e . >/dev/null || fail "--json is not JSON"
