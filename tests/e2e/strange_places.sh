#!/usr/bin/env bash
# A root that is read only, and a store on an overlay, as inside of a container: what works there does, the rest says why and what to do.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(id -u)" -eq 0 ] || skip "needs root to mount"
private_mounts "$@"
echo content >context/file
printf 'FROM busybox\nCOPY file /copied\n' >context/copies
printf 'FROM busybox\nCOPY file /copied\nRUN cp /copied /ran\n' >context/Dockerfile

mkdir lower place
mount -t tmpfs tmpfs place
mount_points+=("$work/place")
mkdir place/upper place/work place/overlay place/tmp
mount -t overlay -o "lowerdir=lower,upperdir=place/upper,workdir=place/work" overlay place/overlay
mount_points=("$work/place/overlay" "${mount_points[@]}")
export MABPLAN_CACHE_DIR=$work/place/overlay/store
build place/overlay/out -f context/copies
exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=place/overlay/ran,tar=false" context
assert_says log 'mount its layers with overlayfs'
assert_says log 'the store may lie on an overlay itself (inside of a container)'
assert_says log 'MABPLAN_CACHE_DIR'
assert_says log 'Dockerfile:3'
[ ! -e place/overlay/ran ] || fail "something was written"
# the mend that it names
export MABPLAN_CACHE_DIR=$work/place/store
build place/overlay/ran

export TMPDIR=$work/place/tmp HOME=/nonexistent
trap 'mount -o remount,bind,rw /; remove_work' EXIT
mount -o remount,bind,ro /
! touch "$work/x" 2>/dev/null || fail "the root can be written"
cd place
for kind in copies Dockerfile; do
    rm -rf store
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=out-$kind,tar=false" -f "../context/$kind" ../context
done
assert_eq "$(image_digest overlay/ran)" "$(image_digest out-Dockerfile)"
exits 0 unshare --user --map-root-user "$BASH" -c 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' bash \
    "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=refused,tar=false" -f ../context/copies ../context
assert_eq "$(image_digest out-copies)" "$(image_digest refused)"
