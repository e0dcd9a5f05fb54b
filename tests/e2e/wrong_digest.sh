#!/usr/bin/env bash
# A layer whose bytes are not what its digest says is refused, from a layout and from a registry, and nothing of it is kept.
. "$(dirname "$0")/../support/e2e.sh"

cp -r "$MABPLAN_BASES/busybox" bad
chmod -R u+w bad
image=$(jq -r '.manifests[0].digest | sub("sha256:"; "")' bad/index.json)
manifest=$(jq -r '.manifests[0].digest | sub("sha256:"; "")' "bad/blobs/sha256/$image")
layer=$(jq -r '.layers[0].digest | sub("sha256:"; "")' "bad/blobs/sha256/$manifest")
printf X | dd of="bad/blobs/sha256/$layer" bs=1 seek=1000 conv=notrunc status=none
dockerfile <<'END'
FROM busybox
RUN echo ok > /ok
END
exits 5 "$MABPLAN" build --platform linux/amd64 --build-context "busybox=oci-layout://$work/bad:latest" -o type=oci,dest=out,tar=false context
assert_says log "$layer"
[ ! -e out ] || fail "a failed build left an output"

start_layout_registry --layout "$work/bad"
sed -i "s|^FROM .*|FROM $registry/box:latest|" context/Dockerfile
exits 5 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=out,tar=false context
assert_says log "$layer"

# The good bytes are taken from the good place afterwards: the bad ones are not in the store.
sed -i "s|^FROM .*|FROM busybox|" context/Dockerfile
build out --platform linux/amd64
