#!/usr/bin/env bash
# A full disk: exit 36, it is said, and nothing is lost: with room again the same build succeeds.
. "$(dirname "$0")/../support/e2e.sh"

if [ "$(id -u)" -eq 0 ]; then
    private_mounts "$@"
    mkdir small
    mount -t tmpfs -o size=3m small small
    disk=$work/small
else
    disk=${E2E_SMALL_DISK:-}
    [ -n "$disk" ] || skip "an ordinary user can't mount a small disk"
fi
dockerfile <<'END'
FROM busybox
RUN head -c 8000000 /dev/urandom > /big
END
MABPLAN_CACHE_DIR=$disk/store exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "No space left on device"
[ ! -e out ] || fail "a failed build left an output"
build out
