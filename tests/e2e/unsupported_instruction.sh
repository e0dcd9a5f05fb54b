#!/usr/bin/env bash
# What can be compiled and not executed yet is refused before anything runs, with its place; what can't be compiled at once.
. "$(dirname "$0")/../support/e2e.sh"

while read -r what instruction; do
    printf 'FROM busybox\nRUN echo ran >&2\n%s\n' "$instruction" >context/Dockerfile
    exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
    assert_says log "${what//_/ } can't be executed yet"
    assert_says log "reading context/Dockerfile:3 $instruction"
    assert_silent_about log "ran"
    [ ! -e out ] || fail "something was written"
done <<'END'
RUN_--mount=type=cache RUN --mount=type=cache,target=/c true
RUN_--mount=type=bind RUN --mount=target=/c true
RUN_--security=insecure RUN --security=insecure true
END

printf 'FROM busybox\nRUN --device=vendor.com/class=1 true\n' >context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:2:5: error: RUN --device is not supported yet"
