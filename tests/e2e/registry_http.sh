#!/usr/bin/env bash
# A base from a registry over plain http on the loopback, chosen out of its index by platform.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
skopeo copy -q --all --dest-tls-verify=false "oci:$MABPLAN_BASES/busybox:latest" "docker://$registry/library/box:1"
dockerfile <<END
FROM $registry/library/box:1
RUN uname -m > /machine
END
exits 0 "$MABPLAN" build --platform linux/amd64,linux/arm64 -o type=oci,dest=out,tar=false context
unpack out arm64 image
assert_eq aarch64 "$(cat image/rootfs/machine)"
# The same by digest, and the same layers as from the layout.
sed -i "s/busybox/&/; s|^FROM .*|FROM busybox|" context/Dockerfile
build local --platform linux/amd64,linux/arm64
assert_eq "$(image_digest local)" "$(image_digest out)"
