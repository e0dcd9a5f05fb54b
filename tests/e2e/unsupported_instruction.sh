#!/usr/bin/env bash
# An instruction that is not supported yet is an error with its place, never ignored.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
HEALTHCHECK CMD true
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:2:1"
assert_says log HEALTHCHECK
