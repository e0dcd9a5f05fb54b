#!/usr/bin/env bash
# One Dockerfile for two platforms: each RUN sees the machine it is for, and the index names both in the order asked for.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
ARG TARGETPLATFORM
RUN uname -m > /machine && echo "$TARGETPLATFORM" > /platform
END
build out --platform linux/arm64,linux/amd64
assert_eq "arm64 amd64" "$(raw_image out | jq -r '[.manifests[].platform.architecture] | join(" ")')"
for row in "amd64 x86_64 linux/amd64" "arm64 aarch64 linux/arm64"; do
    read -r arch machine platform <<<"$row"
    unpack out "$arch" "image-$arch"
    assert_eq "$machine" "$(cat "image-$arch/rootfs/machine")"
    assert_eq "$platform" "$(cat "image-$arch/rootfs/platform")"
done
