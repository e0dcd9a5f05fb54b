#!/usr/bin/env bash
# The layout folder is one that other tools read: skopeo takes every platform out of it, umoci unpacks that.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir /kept && echo gone > /kept/gone && echo stays > /kept/stays
RUN rm /kept/gone && rm -rf /var/www && mkdir /var/www && echo new > /var/www/new
END
build out --platform linux/amd64,linux/arm64,linux/s390x
assert_eq 3 "$(raw_image out | jq '.manifests | length')"
assert_eq 1.0.0 "$(jq -r .imageLayoutVersion out/oci-layout)"
for arch in amd64 arm64 s390x; do
    unpack out "$arch" "image-$arch"
    assert_eq "$arch" "$(jq -r .architecture "image-$arch.config")"
    assert_eq "stays" "$(ls "image-$arch/rootfs/kept")"
    assert_eq "new" "$(ls "image-$arch/rootfs/var/www")"
done
for blob in out/blobs/sha256/*; do
    assert_eq "$(basename "$blob")" "$(sha256sum <"$blob" | cut -d' ' -f1)" "a blob is not what its name says"
done
