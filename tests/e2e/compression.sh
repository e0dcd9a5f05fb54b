#!/usr/bin/env bash
# Layers are gzip by default, zstd and plain by option; all unpack to the same bytes, so the configs are equal.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
echo content >context/file

check() {
    local kind=$1 type=$2 manifest layer
    shift 2
    exits 0 "$MABPLAN" build --platform linux/amd64 -o "type=oci,dest=$kind,tar=false,compression=$kind" context
    manifest=$(raw_image "$kind" | jq -r '.manifests[0].digest')
    manifest=$kind/blobs/sha256/${manifest#sha256:}
    assert_eq "application/vnd.oci.image.layer.v1.$type" "$(jq -r '.layers[0].mediaType' "$manifest")"
    layer=$(jq -r '.layers[0].digest' "$manifest")
    "$@" <"$kind/blobs/sha256/${layer#sha256:}" >"$kind.tar"
    assert_eq content "$(tar xOf "$kind.tar" file)"
    jq -r .config.digest "$manifest" >"$kind.config"
}
check gzip tar+gzip gzip -dc
check zstd tar+zstd zstd -dcq
check uncompressed tar cat
cmp gzip.tar zstd.tar && cmp gzip.tar uncompressed.tar || fail "the layers differ"
cmp gzip.config zstd.config && cmp gzip.config uncompressed.config || fail "the configs differ"
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=default,tar=false context
assert_eq "$(image_digest gzip)" "$(image_digest default)"
