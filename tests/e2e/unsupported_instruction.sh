#!/usr/bin/env bash
# What is not supported is refused before anything is written, with its place.
. "$(dirname "$0")/../support/e2e.sh"

printf 'FROM busybox\nRUN --device=vendor.com/class=1 true\n' >context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:2:5: error: RUN --device is not supported yet"
