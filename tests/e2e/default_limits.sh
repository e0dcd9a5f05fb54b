#!/usr/bin/env bash
# The limits of a shell that starts mabplan do not reach a command; those of a command are the same on every host.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN ulimit -Sn >/limits && ulimit -Sc >>/limits && ulimit -Ss >>/limits
END
ulimit -Sc unlimited 2>/dev/null || true
ulimit -Sn 2000
ulimit -Ss 4096
build out --platform linux/amd64
unpack out amd64 image
assert_eq "1024 0 8192" "$(xargs <image/rootfs/limits)"
assert_eq 1024 "$("$MABPLAN" image run out sh -c 'ulimit -Sn')"
build more --platform linux/amd64 --ulimit nofile=1500:1600 --ulimit stack=4194304
unpack more amd64 image-more
assert_eq "1500 0 4096" "$(xargs <image-more/rootfs/limits)"
