#!/usr/bin/env bash
# Layers are gzip by default, zstd and plain by option; all unpack to the same bytes, so the configs are equal.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
echo content >context/file

# unpacked KIND: the config, and the layer as skopeo unpacks it, in KIND.archive (umoci does not know zstd).
unpacked() {
    skopeo copy -q --override-arch amd64 "oci:$1" "docker-archive:$1.tar"
    mkdir "$1.archive"
    tar xf "$1.tar" -C "$1.archive"
    tar xOf "$1.archive/$(jq -r '.[0].Layers[0]' "$1.archive/manifest.json")" file
}

for row in gzip=tar+gzip zstd=tar+zstd uncompressed=tar; do
    kind=${row%=*}
    exits 0 "$MABPLAN" build --platform linux/amd64 -o "type=oci,dest=$kind,tar=false,compression=$kind" context
    manifest=$(raw_image "$kind" | jq -r '.manifests[0].digest')
    type=$(jq -r '.layers[0].mediaType' "$kind/blobs/sha256/${manifest#sha256:}")
    assert_eq "application/vnd.oci.image.layer.v1.${row#*=}" "$type"
    assert_eq content "$(unpacked "$kind")"
    assert_eq "$(jq -r '.[0].Config' gzip.archive/manifest.json)" "$(jq -r '.[0].Config' "$kind.archive/manifest.json")" "the configs differ"
done
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=default,tar=false context
assert_eq "$(image_digest gzip)" "$(image_digest default)"
