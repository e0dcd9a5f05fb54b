#!/usr/bin/env bash
# A cache is apart for each platform that a command makes something for, as TARGETARCH and its like tell it, and not for what it is not told.
. "$(dirname "$0")/../support/e2e.sh"

cp "$support/mk" context/mk
dockerfile <<'END'
FROM --platform=linux/amd64 busybox AS builder
ARG TARGETARCH
COPY mk /mk
RUN echo "for $TARGETARCH" >/head.c && mkdir /src && cp /head.c /src/
RUN --mount=type=cache,target=/objects,sharing=locked sh /mk /objects /src /out
FROM --platform=linux/amd64 busybox AS unaware
RUN --mount=type=cache,target=/objects,sharing=locked ls /objects >/out
FROM busybox
COPY --from=builder /out /out
COPY --from=unaware /out /unaware
END
build out --platform linux/amd64,linux/arm64
for arch in amd64 arm64; do
    unpack out $arch $arch
    assert_eq "for $arch" "$(cat $arch/rootfs/out)"
done
"$MABPLAN" cache ls | tr -s ' ' >listed
assert_says listed "linux/amd64 for linux/arm64 /objects"
assert_says listed "linux/amd64 /objects"
"$MABPLAN" cache ls --json | python3 -c 'import json, sys; assert len(json.load(sys.stdin)["cache_mounts"]) == 2'
