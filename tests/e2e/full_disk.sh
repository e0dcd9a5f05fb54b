#!/usr/bin/env bash
# A full disk: exit 36, it is said, and nothing is lost: with room again the same build succeeds.
. "$(dirname "$0")/../support/e2e.sh"

if [ "$(id -u)" -eq 0 ]; then
    private_mounts "$@"
    mkdir small
    mount -t tmpfs -o size=3m small small
    mount_points+=("$work/small")
    disk=$work/small
else
    disk=${E2E_SMALL_DISK:-}
    [ -n "$disk" ] || skip "an ordinary user can't mount a small disk"
fi
dockerfile <<'END'
FROM busybox
COPY big /big
END
head -c 8000000 /dev/urandom >context/big
MABPLAN_CACHE_DIR=$disk/store exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "No space left on device"
[ ! -e out ] || fail "a failed build left an output"

# Where a command of the Dockerfile finds the disk full, that is the reason, not the command.
sed -i 's|^COPY.*|RUN head -c 8000000 /dev/urandom > /big|' context/Dockerfile
MABPLAN_CACHE_DIR=$disk/store exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "No space left on device"

build out
