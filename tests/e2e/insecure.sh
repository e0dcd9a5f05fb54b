#!/usr/bin/env bash
# RUN --security=insecure has all capabilities and nothing hidden, if the user consents; without consent nothing runs.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN touch /before
RUN --security=insecure grep CapEff /proc/self/status >/insecure && mount -t tmpfs none /mnt && touch /mnt/file && umount /mnt
RUN --security=sandbox grep CapEff /proc/self/status >/sandbox; ! mount -t tmpfs none /mnt 2>/dev/null
RUN grep CapEff /proc/self/status >/default
END
sed -i 's|touch /before|mkdir /mnt|' context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log 'RUN --security=insecure needs your consent'
assert_says log '--allow security.insecure'
assert_says log 'Dockerfile:3'
assert_silent_about log '[linux/'
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --allow everything context
build out --platform linux/amd64 --allow security.insecure
unpack out amd64 image
bits() { cut -f2 "image/rootfs/$1"; }
assert_eq 00000000a80425fb "$(bits sandbox)"
assert_eq "$(bits sandbox)" "$(bits default)"
[ $((16#$(bits insecure) & 1 << 21)) -ne 0 ] || fail "no CAP_SYS_ADMIN: $(bits insecure)"
assert_eq "" "$(ls -A image/rootfs/mnt)"

# no device of the host, whoever builds
printf 'FROM busybox\nRUN --security=insecure ls /dev >/devices\n' >context/Dockerfile
build devices --platform linux/amd64 --allow security.insecure
unpack devices amd64 devices.image
assert_eq "" "$(grep -xE 'fuse|kvm|kmsg|cuse|loop.*' devices.image/rootfs/devices || true)"
