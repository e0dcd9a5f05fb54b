#!/usr/bin/env bash
# Eight platforms in one build, seven of them emulated here.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN uname -m > /machine
END
build out --platform linux/amd64,linux/arm64,linux/arm/v7,linux/arm/v5,linux/386,linux/ppc64le,linux/s390x,linux/mips64le
assert_eq 8 "$(raw_image out | jq '.manifests | length')"
machine() { unpack out "$1" "image-$1${3-}" "${3-}" && assert_eq "$2" "$(cat "image-$1${3-}/rootfs/machine")" "machine of $1"; }
machine arm64 aarch64
machine ppc64le ppc64le
machine s390x s390x
machine mips64le mips64
