#!/usr/bin/env bash
# A here-document that begins with #! is a program: run as it is, by the interpreter that it names, and no file of the image.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN <<EOF
#!/bin/awk -f
BEGIN { print "by awk" > "/out" }
EOF
RUN <<EOF cat >>/out
plain
EOF
RUN <<EOF
echo shell >>/out
EOF
USER 1000:1000
RUN --mount=type=tmpfs,target=/t <<SCRIPT
#!/bin/sh
id -u >/t/id && test "$(cat /t/id)" = 1000
SCRIPT
END
build out --platform linux/amd64
unpack out amd64 image
assert_eq "by awk plain shell" "$(xargs <image/rootfs/out)"
[ ! -e image/rootfs/dev/pipes ] || fail "the script is in the image"
