#!/usr/bin/env bash
# A built layout is the base of the next build.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo first > /first
ENV FROM_FIRST=yes
END
build one --platform linux/amd64,linux/arm64
dockerfile <<'END'
FROM mine
RUN test "$FROM_FIRST" = yes && cat /first > /second
END
exits 0 "$MABPLAN" build --build-context "mine=oci-layout://$work/one" --platform linux/amd64,linux/arm64 -o type=oci,dest=two,tar=false context
unpack two arm64 image
assert_eq first "$(cat image/rootfs/second)"
