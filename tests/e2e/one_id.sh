#!/usr/bin/env bash
# A user without a range in /etc/subuid has one id: images that need no other build; what needs more is refused before it runs, with its
# place, the user and the mend.
. "$(dirname "$0")/../support/e2e.sh"

lone=4242
[ "$(id -u)" -eq 0 ] || skip "needs root to become a user without a range"
! grep -qs "^$lone:" /etc/subuid || skip "the id $lone has a range here"
dockerfile <<'END'
FROM busybox
RUN echo made >/made
WORKDIR /work
COPY file file
RUN --mount=type=cache,target=/cache cat file >/cache/copied && cp /cache/copied /copied
USER root
RUN id -u >/uid
END
echo content >context/file
private_mounts "$@"
# where such a user may read: the source may lie in a folder that is root's alone
mkdir seen
mount -t tmpfs -o mode=755 tmpfs seen
mount_points+=("$work/seen")
mkdir seen/bases seen/home
cp "$MABPLAN" seen/mabplan
cp -r "$MABPLAN_BASES/busybox" seen/bases
cp -r context seen/context
echo 'app:x:12:34::/:/bin/sh' >seen/context/passwd
touch theirs
tar --owner=77 --group=78 -cf seen/context/owned.tar theirs
chown -R $lone:$lone seen/home seen/context
chmod 755 "$work"
as_lone() { setpriv --reuid $lone --regid $lone --clear-groups env -i PATH="$PATH" HOME="$PWD/seen/home" "$PWD/seen/mabplan" build --build-context "busybox=oci-layout://$PWD/seen/bases/busybox:latest" "$@" seen/context; }

exits 0 as_lone -o "type=oci,dest=$PWD/seen/home/out,tar=false"
unpack seen/home/out amd64 image
assert_eq "made content 0" "$(cat image/rootfs/made image/rootfs/copied image/rootfs/uid | xargs)"
build same
assert_eq "$(image_digest same)" "$(image_digest seen/home/out)" "the same image as for root"

refused() {
    cat >seen/context/Dockerfile
    exits 36 as_lone
    assert_says log "has no range in /etc/subuid"
}
refused <<'END'
FROM busybox
RUN touch /before
USER 1000:1000
RUN true
END
assert_says log 'the command is to run as "1000:1000" (1000:1000), and this host offers a build root alone'
assert_says log 'Dockerfile:4'
assert_silent_about log '[linux/'
refused <<'END'
FROM busybox
RUN echo 'app:x:1000:1000::/:/bin/sh' >>/etc/passwd
USER app
RUN true
END
assert_says log 'the command is to run as "app" (1000:1000)'
assert_says log 'Dockerfile:4'
refused <<'END'
FROM busybox
COPY --chown=12:34 file /owned
RUN true
END
assert_says log 'a command is to run on files of "12:34" (12:34)'
assert_says log 'Dockerfile:2'
refused <<'END'
FROM busybox
COPY passwd /etc/passwd
COPY --chown=app file /owned
RUN true
END
assert_says log '"owned" belongs to 12:34, and this user namespace maps no such ids'
assert_says log 'Dockerfile:4'
refused <<'END'
FROM busybox
RUN --mount=type=cache,target=/c,uid=7 true
END
assert_says log 'a cache is to belong to 7:0'
assert_says log 'Dockerfile:2'

# Owners within archives and base images are known when these are unpacked: before a command runs on them, and with the entry's name.
refused <<'END'
FROM busybox
ADD owned.tar /unpacked/
RUN echo ran
END
assert_says log 'the layer'"'"'s entry "unpacked/theirs" cannot be unpacked: "unpacked/theirs" belongs to 77:78, and this user namespace maps no such ids'
assert_says log 'Dockerfile:3'
cat >context/Dockerfile <<'END'
FROM busybox
COPY --chown=12:34 file /theirs
END
build seen/bases/owned
chmod -R a+rX seen/bases/owned

# Where nothing runs, nobody needs to own anything here.
printf 'FROM owned\nADD owned.tar /theirs.d/\nCOPY --from=owned / /copied/\n' >seen/context/Dockerfile
"$MABPLAN" build --build-context "owned=oci-layout://$PWD/seen/bases/owned" -o type=oci,dest=same-owned,tar=false seen/context >log 2>&1 || { cat log; fail "root could not build"; }
exits 0 as_lone --build-context "owned=oci-layout://$PWD/seen/bases/owned" -o "type=oci,dest=$PWD/seen/home/owned,tar=false"
assert_eq "$(image_digest same-owned)" "$(image_digest seen/home/owned)" "the same image as for root"

printf 'FROM owned\nRUN echo ran\n' >seen/context/Dockerfile
exits 36 as_lone --build-context "owned=oci-layout://$PWD/seen/bases/owned"
assert_says log '"theirs" belongs to 12:34, and this user namespace maps no such ids'
assert_says log 'has no range in /etc/subuid'
assert_says log 'Dockerfile:2'

# A user who had a range when the base was unpacked, and has none any more: its files would be nobody's, in an image too.
id -u $lone >/dev/null 2>&1 && skip "there is a user $lone here"
{ cat /etc/passwd; echo "lone:x:$lone:$lone::/:/bin/sh"; } >passwd
echo "$lone:2000000:65536" >range
mount --bind passwd /etc/passwd
mount_points+=(/etc/passwd)
have_range() { for file in /etc/subuid /etc/subgid; do mount --bind range $file; done; }
lose_range() { umount /etc/subuid /etc/subgid; }
tell_owner() { printf 'FROM owned\nRUN stat -c %%u:%%g /theirs >%s\n' "$1" >seen/context/Dockerfile; }
build_owned() { as_lone --build-context "owned=oci-layout://$PWD/seen/bases/owned" "$@"; }
if have_range; then
    tell_owner /first
    exits 0 build_owned
    lose_range
    tell_owner /second
    exits 36 build_owned
    assert_says log '"theirs" belongs to 12:34, and this user namespace maps no such ids'
    tell_owner /first
    exits 36 build_owned -o type=tar,dest="$PWD/seen/home/first.tar"
    have_range
    tell_owner /second
    exits 0 build_owned -o type=tar,dest="$PWD/seen/home/second.tar"
    lose_range
    assert_eq 12:34 "$(tar -xOf seen/home/second.tar second)" "an owner, once there is a range again"
fi
