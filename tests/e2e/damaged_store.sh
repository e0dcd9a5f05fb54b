#!/usr/bin/env bash
# A store that was damaged is repaired: what is found wrong is treated as absent.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo x > /x
COPY file /file
END
echo y >context/file
build first
for blob in store/blobs/sha256/*; do
    chmod u+w "$blob"
    echo damaged >"$blob"
done
build second
assert_eq "$(image_digest first)" "$(image_digest second)"
