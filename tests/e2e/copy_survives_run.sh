#!/usr/bin/env bash
# COPY reads little of what is below it, so it survives a changed RUN before it.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo one > /one
COPY file /file
END
echo x >context/file
build first
layer() { unpack "$1" amd64 "image-$1" >/dev/null; skopeo inspect --raw "oci:image-$1.image:one" | jq -r '.layers[-1].digest'; }
sed -i 's/one/two/g' context/Dockerfile
build second
assert_eq 1 "$(executed)" "only the RUN is executed"
assert_eq "$(layer first)" "$(layer second)"
assert_eq x "$(cat image-second/rootfs/file)"
assert_eq two "$(cat image-second/rootfs/two)"
