#!/usr/bin/env bash
# A platform that the base does not have: exit 2, and the message lists those that it has.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN true
END
exits 2 "$MABPLAN" build --platform linux/riscv64 --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log linux/riscv64
assert_says log linux/ppc64le
