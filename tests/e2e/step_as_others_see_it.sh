#!/usr/bin/env bash
# What programs read of the step that they run in is what they read under runc: names of mounts, groups.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN cut -d' ' -f1-3 /proc/mounts >/mounts; sed -n 's/^Groups:[[:space:]]*//p' /proc/self/status >/groups
RUN --mount=type=tmpfs,target=/small grep ' /small ' /proc/mounts | cut -d' ' -f1-3 >/small-mount
END
build out --platform linux/amd64
unpack out amd64 image
for mount in 'tmpfs /dev tmpfs' 'devpts /dev/pts devpts' 'shm /dev/shm tmpfs' 'mqueue /dev/mqueue mqueue'; do
    assert_says image/rootfs/mounts "$mount"
done
grep -qE '^proc /proc proc$' image/rootfs/mounts || fail "the source of /proc is no proc"
assert_eq "tmpfs /small tmpfs" "$(cat image/rootfs/small-mount)"
[ -z "$(grep '^none ' image/rootfs/mounts)" ] || fail "a mount has no name: $(grep '^none ' image/rootfs/mounts)"
assert_eq 0 "$(awk '{print $1}' image/rootfs/groups)" "the first group of root"
