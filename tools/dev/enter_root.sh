#!/usr/bin/env bash
# The second half of tools/fresh-root, in namespaces of its own: makes a folder the root of this mount namespace and runs a command in
# it. Everything here ends with the namespaces.
#
#   enter_root.sh ROOT REPOSITORY FOLDER COMMAND…      FOLDER: in which the command starts
#
# pivot_root and not chroot, because the kernel refuses user namespaces to processes in a chroot.
set -Eeuo pipefail
trap 'echo "fresh-root: the root cannot be entered" >&2; exit 125' ERR

new_root=$1 repository=$2 folder=$3
shift 3

# device NAME MAJOR MINOR: open to all, as on a machine with udev; where none may be made, that of the host.
device() {
    local path=$new_root/dev/$1
    mkdir -p "$(dirname "$path")"
    mknod -m 666 "$path" c "$2" "$3" 2>/dev/null && return
    [ ! -e "/dev/$1" ] || { : >"$path" && mount --bind "/dev/$1" "$path"; }
}

make_devices() {
    mount -t tmpfs -o mode=755,nosuid,size=1m dev "$new_root/dev"
    device null 1 3
    device zero 1 5
    device full 1 7
    device random 1 8
    device urandom 1 9
    device tty 5 0
    device fuse 10 229
    device net/tun 10 200
    mkdir "$new_root"/dev/{pts,shm}
    mount -t devpts -o newinstance,mode=620,gid=5,ptmxmode=666 devpts "$new_root/dev/pts"
    mount -t tmpfs -o mode=1777,nosuid,nodev shm "$new_root/dev/shm"
    ln -s pts/ptmx "$new_root/dev/ptmx"
    ln -s /proc/self/fd "$new_root/dev/fd"
    ln -s /proc/self/fd/0 "$new_root/dev/stdin"
    ln -s /proc/self/fd/1 "$new_root/dev/stdout"
    ln -s /proc/self/fd/2 "$new_root/dev/stderr"
}

# show FOLDER OPTIONS: a folder of the host, at the same place.
show() {
    mkdir -p "$new_root$1"
    mount --bind "$1" "$new_root$1"
    [ "$2" = rw ] || mount -o "remount,bind,$2" "$new_root$1"
}

mount --bind "$new_root" "$new_root"
mount -t proc -o nosuid,nodev,noexec proc "$new_root/proc"
mount --rbind /sys "$new_root/sys"
make_devices
mount -t tmpfs -o mode=755,nosuid,nodev run "$new_root/run"
show "$repository" rw
shared=$(dirname "$repository")/shared
[ ! -d "$shared" ] || show "$shared" ro

cd "$new_root"
mkdir -p .outside
pivot_root . .outside
cd /
hash -r
umount -l /.outside
rmdir /.outside
cd "$folder"
trap - ERR
exec "$@"
