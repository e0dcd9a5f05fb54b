#!/usr/bin/env bash
# An unknown instruction: exit 2, with the place, the excerpt and a suggestion.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RNU echo typo
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:2:1"
assert_says log "RNU echo typo"
assert_says log 'did you mean "RUN"'
