#!/usr/bin/env bash
# Programs of i386 have sockets: in a linux/386 image, as root and as a user of it, and in an amd64 image.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(uname -m)" = x86_64 ] || skip "this machine does not run programs of i386"
# A server and its client, over the loopback interface of the step.
cat >context/talk <<'END'
set -e
box=$1
mkdir -p /tmp/www
echo "answered to $(id -u)" >/tmp/www/index.html
$box httpd -p 127.0.0.1:8080 -h /tmp/www
$box wget -q -O - http://127.0.0.1:8080/index.html
END
dockerfile <<'END'
FROM busybox
COPY talk /
RUN mkdir -p /tmp && chmod 1777 /tmp
RUN --network=none sh /talk /bin/busybox > /root-said && rm -r /tmp/www
USER nobody
RUN --network=none sh /talk /bin/busybox > /tmp/user-said
END
build narrow --platform linux/386
unpack narrow 386 narrow-root
assert_eq "answered to 0" "$(cat narrow-root/rootfs/root-said)"
assert_eq "answered to 65534" "$(cat narrow-root/rootfs/tmp/user-said)"

dockerfile <<'END'
FROM --platform=linux/386 busybox AS narrow
FROM busybox
COPY --from=narrow /bin/busybox /narrow/busybox
COPY talk /
RUN mkdir -p /tmp && chmod 1777 /tmp
RUN --network=none sh /talk /narrow/busybox > /said
END
build wide --platform linux/amd64
unpack wide amd64 wide-root
assert_eq "answered to 0" "$(cat wide-root/rootfs/said)"
