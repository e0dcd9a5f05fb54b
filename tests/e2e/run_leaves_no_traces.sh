#!/usr/bin/env bash
# A RUN leaves what it did and nothing of the sandbox: no mount points, no resolv.conf, no device.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "mkdir", "/made"]
END
unpack_base=$work/base
skopeo copy -q --override-arch amd64 "oci:$MABPLAN_BASES/busybox:latest" "oci:$unpack_base:one"
umoci unpack --rootless --image "$unpack_base:one" base-tree >/dev/null
cp base-tree/rootfs/bin/busybox context/busybox
build out --platform linux/amd64
unpack out amd64 image
assert_eq "bin made" "$(ls -A image/rootfs | xargs)"
