#!/usr/bin/env bash
# What is not supported yet is an error with its place, never ignored.
. "$(dirname "$0")/../support/e2e.sh"

while read -r place what instruction; do
    printf 'FROM busybox\n%s\n' "$instruction" >context/Dockerfile
    exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
    assert_says log "Dockerfile:$place: error: "
    assert_says log "$what is not supported yet"
done <<'END'
2:1 ADD ADD Dockerfile /
2:5 --mount RUN --mount=type=cache,target=/c true
2:6 --parents COPY --parents Dockerfile /
END
