#!/usr/bin/env bash
# A base that does not exist, in a layout that is not there and under a tag that the layout lacks.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN true
END
exits 2 "$MABPLAN" build --build-context "busybox=oci-layout://$work/none:latest" -o type=oci,dest=out,tar=false context
assert_says log "$work/none"
exits 2 "$MABPLAN" build --build-context "busybox=oci-layout://$MABPLAN_BASES/busybox:none" -o type=oci,dest=out,tar=false context
assert_says log none
assert_says log latest
