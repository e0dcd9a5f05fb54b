#!/usr/bin/env bash
# Layers are gzip by default, zstd and plain by option; all unpack to the same files.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
echo content >context/file
for kind in gzip zstd uncompressed; do
    exits 0 "$MABPLAN" build --platform linux/amd64 -o "type=oci,dest=$kind,tar=false,compression=$kind" context
    skopeo copy -q --override-arch amd64 "oci:$kind" "oci:$kind.image:one"
    type=$(skopeo inspect --raw "oci:$kind.image:one" | jq -r '.layers[0].mediaType')
    case $kind in
        gzip) assert_eq application/vnd.oci.image.layer.v1.tar+gzip "$type" ;;
        zstd) assert_eq application/vnd.oci.image.layer.v1.tar+zstd "$type" ;;
        *) assert_eq application/vnd.oci.image.layer.v1.tar "$type" ;;
    esac
done
diff <(skopeo inspect --config oci:gzip.image:one) <(skopeo inspect --config oci:zstd.image:one) || fail "the configs differ"
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=default,tar=false context
assert_eq "$(image_digest gzip)" "$(image_digest default)"
