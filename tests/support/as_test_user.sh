#!/usr/bin/env bash
# Runs one end-to-end test as the ordinary test user; for root, who tests both. Others skip it: they have run the test already.
#
#   as_test_user.sh TEST         environment as e2e.sh has it, and MABPLAN_BUILD, the build folder
#
# The user may not be allowed to look into the folders that source and build lie in (a clone in /root), so both are bound to a
# place where anybody may look, in a mount namespace that ends with the test.
set -euo pipefail
user=mabplan-test

if [ "$(id -u)" -ne 0 ]; then
    echo "skipped: not root, so this test has run as an ordinary user already"
    exit 77
fi
id "$user" >/dev/null 2>&1 || { echo "skipped: no user $user; tests/support/make_test_user.sh makes it"; exit 77; }

if [ -z "${E2E_STAGE-}" ]; then
    E2E_STAGE=$(mktemp -d /tmp/mabplan-stage.XXXXXX)
    export E2E_STAGE
    trap 'rmdir "$E2E_STAGE"/* "$E2E_STAGE"' EXIT
    chmod 755 "$E2E_STAGE"
    mkdir "$E2E_STAGE"/{source,build,small}
    unshare --mount --propagation private "$BASH" "$0" "$(realpath "$1")"
    exit
fi

mount --bind "$MABPLAN_SOURCE" "$E2E_STAGE/source"
mount --bind "$MABPLAN_BUILD" "$E2E_STAGE/build"
# A disk that fills up, for the test of that: the user could not mount it.
mount -t tmpfs -o "size=${E2E_SMALL_SIZE:-3m},mode=755,uid=$(id -u "$user"),gid=$(id -g "$user")" small "$E2E_STAGE/small"
# As on a machine with udev, where any user may have a tunnel.
if [ -e /dev/net/tun ] && mknod -m 666 "$E2E_STAGE/small/tun" c 10 200 2>/dev/null; then mount --bind "$E2E_STAGE/small/tun" /dev/net/tun; fi
# staged PATH: where the user sees a path of the source or of the build folder. The build folder may lie in the source.
staged() {
    case $1 in
        "$MABPLAN_BUILD"/*) echo "$E2E_STAGE/build/${1#"$MABPLAN_BUILD"/}" ;;
        "$MABPLAN_SOURCE"/*) echo "$E2E_STAGE/source/${1#"$MABPLAN_SOURCE"/}" ;;
        *) echo "as_test_user.sh: $1 lies in neither $MABPLAN_BUILD nor $MABPLAN_SOURCE" >&2; exit 1 ;;
    esac
}
cd /
exec setpriv --reuid "$user" --regid "$user" --init-groups env -i \
    PATH="$PATH" LANG=C.UTF-8 TMPDIR=/tmp E2E_SMALL_DISK="$E2E_STAGE/small" MABPLAN_SOURCE="$E2E_STAGE/source" \
    MABPLAN_BUILD="$E2E_STAGE/build" MABPLAN="$(staged "$MABPLAN")" MABPLAN_BASES="$(staged "$MABPLAN_BASES")" "$BASH" "$(staged "$1")"
