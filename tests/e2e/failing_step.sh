#!/usr/bin/env bash
# A step that fails: exit 1, with its output, the line of the Dockerfile and the platform; what was done before it is kept.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo fine > /fine
RUN echo "the reason" && exit 7
RUN echo never
END
exits 1 "$MABPLAN" build --platform linux/arm64 --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "the reason"
assert_says log "Dockerfile:3"
assert_says log "exited with 7"
assert_says log linux/arm64
! grep "^\[.*echo never" log || fail "a step behind the failing one was begun"
[ ! -e out ] || fail "a failed build left an output"
sed -i 's/ && exit 7//' context/Dockerfile
build out --platform linux/arm64
assert_eq 2 "$(executed)" "the first step is not executed again"
