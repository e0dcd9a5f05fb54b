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

# Outputs on a full disk: nothing of them is there afterwards, and what was there before is as it was.
rm -rf "$disk/store"
for output in "type=local,dest=$disk/files" "type=tar,dest=$disk/files.tar" "type=oci,dest=$disk/layout.tar" "type=oci,dest=$disk/layout,tar=false"; do
    exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o "$output" context
    assert_says log "No space left on device"
    [ ! -e "$disk/files" ] && [ ! -e "$disk/files.tar" ] && [ ! -e "$disk/layout.tar" ] && [ ! -e "$disk/layout/index.json" ] || fail "a part of $output is there"
    assert_eq "" "$(find "$disk" -name '*.mabplan-tmp-*')" "leftovers of $output"
    rm -rf "$disk/layout"
done

# What a killed one has left goes with the next.
mkdir dist && for left in dist/out.tar.mabplan-tmp-abcdefghij dist/other.tar.mabplan-tmp-abcdefghij; do echo part >"$left" && touch -d '1 hour ago' "$left"; done
mkdir -p dist/files.mabplan-tmp-abcdefghij/inside && touch -d '1 hour ago' dist/files.mabplan-tmp-abcdefghij
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=dist/out.tar -o type=local,dest=dist/files context
assert_eq "files other.tar.mabplan-tmp-abcdefghij out.tar" "$(ls dist | xargs)"
