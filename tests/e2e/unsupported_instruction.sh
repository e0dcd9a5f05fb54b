#!/usr/bin/env bash
# What can be compiled and not executed yet is refused before anything is written; what can't be compiled at once.
. "$(dirname "$0")/../support/e2e.sh"

echo text >context/file
tar -C context -cf context/archive.tar file
printf 'FROM busybox\nADD archive.tar /\n' >context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "unpacking \"archive.tar\" can't be done yet"
assert_says log "context/Dockerfile:2"
[ ! -e out ] || fail "something was written"

printf 'FROM busybox\nRUN --device=vendor.com/class=1 true\n' >context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:2:5: error: RUN --device is not supported yet"
