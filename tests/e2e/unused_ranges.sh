#!/usr/bin/env bash
# newuidmap is there and fails: one id is mapped, the cause is said once, and what needs no more than one id builds.
. "$(dirname "$0")/../support/e2e.sh"

user=mabplan-test
[ "$(id -u)" -eq 0 ] || skip "needs root to hide newuidmap"
id $user >/dev/null 2>&1 || skip "no user $user"
[ -x /usr/bin/newuidmap ] || skip "no newuidmap"
private_mounts "$@"
cat >refusing <<'END'
#!/bin/sh
echo "${0##*/}: write to the map failed: Operation not permitted" >&2
exit 1
END
chmod 755 refusing "$work"
mkdir seen
mount -t tmpfs -o mode=755 tmpfs seen
mount_points+=("$work/seen")
mkdir seen/home seen/context seen/bases
cp "$MABPLAN" seen/mabplan
cp -r "$MABPLAN_BASES/busybox" seen/bases
as_user() {
    setpriv --reuid $user --regid $user --clear-groups env -i PATH="$PATH" HOME="$PWD/seen/home" "$PWD/seen/mabplan" "$@"
}
as_builder() { as_user build --build-context "busybox=oci-layout://$PWD/seen/bases/busybox:latest" "$@" seen/context; }
printf 'FROM busybox\nRUN echo made >/made\n' >seen/context/Dockerfile
printf 'FROM busybox\nUSER 100000:5\nRUN true\n' >seen/large
chown -R $user: seen/home seen/context

# Before that: a larger id than there are is told its number, and a range that is nobody's.
exits 36 as_builder -f seen/large
assert_says log "and 100001 are needed"
free=$(sed -nE 's/.*--add-subuids ([0-9]+)-([0-9]+) .*/\1 \2/p' log | head -1)
[ -n "$free" ] || fail "no range is offered"
awk -F: -v first="${free% *}" -v last="${free#* }" '$2 <= last && $2 + $3 > first { exit 1 }' /etc/subuid || fail "the range $free is somebody's"

for program in newuidmap newgidmap; do
    mount --bind refusing /usr/bin/$program
    rm -rf seen/home/out
    exits 0 as_builder --no-cache -o "type=oci,dest=$PWD/seen/home/out,tar=false"
    assert_eq 1 "$(grep -c "$program: write to the map failed: Operation not permitted" log)" "how often the cause is said"
    assert_says log "warning: commands have one id here, as if this user had no ranges"
    unpack seen/home/out amd64 "image-$program"
    assert_eq made "$(cat "image-$program/rootfs/made")"
    exits 36 as_builder -f seen/large
    assert_says log "this host offers a build root alone"
    assert_eq 1 "$(grep -c "Operation not permitted" log)" "how often the cause is said"
    exits 0 as_user doctor
    assert_eq 1 "$(grep -c "Operation not permitted" log)" "how often doctor says the cause"
    assert_says log "one id only, as newuidmap does not work"
    umount /usr/bin/$program
done
