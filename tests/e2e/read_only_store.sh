#!/usr/bin/env bash
# A store that can't be written: exit 36, and the message names the folder.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(id -u)" -ne 0 ] || private_mounts "$@"
dockerfile <<'END'
FROM busybox
RUN echo x > /x
END
mkdir store
if [ "$(id -u)" -eq 0 ]; then
    mount --bind store store
    mount -o remount,ro,bind store
    mount_points+=("$work/store")
else
    chmod 555 store
fi
exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "$work/store"
