#!/usr/bin/env bash
# RUN --mount=type=tmpfs: empty, of the size that is named, gone with the step.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir /cache && echo old >/cache/file
RUN --mount=type=tmpfs,target=/cache ls -A /cache >/listed && echo new >/cache/file && stat -c %a /cache >/mode
RUN --mount=type=tmpfs,target=/small,size=1m ! dd if=/dev/zero of=/small/file bs=64k count=32 2>/dev/null && wc -c </small/file >/size
USER 1000:1000
RUN --mount=type=tmpfs,target=/mine touch /mine/file
END
build out --platform linux/amd64
unpack out amd64 image
assert_eq "" "$(cat image/rootfs/listed)"
assert_eq old "$(cat image/rootfs/cache/file)"
assert_eq 1777 "$(cat image/rootfs/mode)"
assert_eq 1048576 "$(cat image/rootfs/size)"
[ ! -e image/rootfs/small ] && [ ! -e image/rootfs/mine ] || fail "a mount point is in the image"
