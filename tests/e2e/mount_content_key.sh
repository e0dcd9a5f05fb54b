#!/usr/bin/env bash
# A RUN that mounts a part of a stage runs again when that part changes, and not when the rest of the stage does.
. "$(dirname "$0")/../support/e2e.sh"

write() {
    dockerfile <<END
FROM busybox AS files
RUN echo $1 >/other && mkdir /part && echo $2 >/part/file
FROM busybox
RUN --mount=from=files,source=/part,target=/part cp /part/file /copied
END
}
write a b
build out --platform linux/amd64
assert_eq 2 "$(executed)"
first=$(image_digest out)
write other b
build out --platform linux/amd64
assert_eq 1 "$(executed)" "the part is the same"
assert_eq "$first" "$(image_digest out)"
write other c
build out --platform linux/amd64
assert_eq 2 "$(executed)" "the part changed"
unpack out amd64 image
assert_eq c "$(cat image/rootfs/copied)"
