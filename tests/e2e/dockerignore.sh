#!/usr/bin/env bash
# .dockerignore keeps files out of the context, and out of the keys.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
printf 'secret*\n!secret-kept\nDockerfile\n.dockerignore\n' >context/.dockerignore
echo 1 >context/secret
echo 1 >context/secret-kept
echo 1 >context/file
build first --platform linux/amd64
unpack first amd64 image
assert_eq "file secret-kept" "$(ls -A image/rootfs | xargs)"
echo 2 >context/secret
build second --platform linux/amd64
assert_eq 0 "$(executed)" "an ignored file executes nothing"
assert_eq "$(image_digest first)" "$(image_digest second)"
