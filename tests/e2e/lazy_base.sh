#!/usr/bin/env bash
# A base whose files nobody reads (metadata and linked copies are put on top) is not downloaded for a push to the registry that has it: its layers are mounted there.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
skopeo copy -q --all --dest-tls-verify=false "oci:$MABPLAN_BASES/busybox:latest" "docker://$registry/library/box:1"
dockerfile <<END
FROM $registry/library/box:1
COPY --link Dockerfile /it
ENV A=b
END
layers() { grep -oE '"GET /v2/[^ ]*/blobs/sha256:[0-9a-f]*' registry.log | sort -u; }
exits 0 "$MABPLAN" build --platform linux/amd64,linux/arm64 -t "$registry/team/app:1" --push context
manifest=$(skopeo inspect --raw --tls-verify=false --override-arch amd64 "docker://$registry/library/box:1" | jq -r '.manifests[0].digest')
layer=$(skopeo inspect --raw --tls-verify=false "docker://$registry/library/box@$manifest" | jq -r '.layers[0].digest')
: >registry.log
skopeo copy -q --all --src-tls-verify=false "docker://$registry/team/app:1" oci:pulled:1
unpack pulled arm64 image
[ -x image/rootfs/bin/busybox ] || fail "the base is not in the image"
[ ! -e "store/blobs/sha256/${layer#sha256:}" ] || fail "the layer of the base was downloaded"

# Whoever runs it gets what it lacks.
exits 0 "$MABPLAN" image run "$registry/team/app:1" cat /it
assert_says log "ENV A=b"
