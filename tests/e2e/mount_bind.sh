#!/usr/bin/env bash
# RUN --mount=type=bind: files of a stage, an image, the context and a named context; read-only, or with changes that are thrown away.
# Nothing of a mount, nor its mount point, reaches the layer.
. "$(dirname "$0")/../support/e2e.sh"

mkdir -p context/src/sub named
echo one >context/src/one
echo two >context/src/sub/two
echo hidden >context/src/hidden
echo lone >context/file
chmod 750 context/src/one
echo named >named/file
echo src/hidden >context/.dockerignore
dockerfile <<'END'
FROM busybox AS files
RUN mkdir -p /tree/sub && echo stage >/tree/sub/file && ln -s sub/file /tree/link && chown 12:34 /tree/sub
FROM busybox
WORKDIR /work
RUN --mount=type=bind,from=files,source=/tree,target=/mnt/in cat /mnt/in/sub/file /mnt/in/link >/from-stage && stat -c %u:%g /mnt/in/sub >>/from-stage
RUN --mount=from=busybox,source=/bin,target=/other/bin /other/bin/busybox echo image >/from-image
RUN --mount=target=/src,source=src cd /src && find . | sort | xargs stat -c '%n %a %u:%g' >/from-context
RUN --mount=target=.,source=. ls >/from-relative
RUN --mount=target=/etc/motd,source=file cat /etc/motd >/from-file
RUN --mount=from=named,target=/named cat /named/file >/from-named
RUN --mount=target=/src ! touch /src/x 2>/dev/null && ! rm /src/file 2>/dev/null
RUN --mount=target=/src,rw echo x >/src/new && rm /src/file && echo y >>/src/src/one && ls /src >/written
RUN --mount=target=/src,rw cat /src/file /src/src/one >/discarded
RUN --mount=target=/a/b --mount=type=tmpfs,target=/a/b/src echo x >/a/b/src/inner && ls /a/b/src >/nested
END
build out --platform linux/amd64 --build-context named=named
unpack out amd64 image
root=image/rootfs
assert_eq "stage stage 12:34" "$(xargs <$root/from-stage)"
assert_eq image "$(cat $root/from-image)"
assert_eq ". 755 0:0 ./one 750 0:0 ./sub 755 0:0 ./sub/two 644 0:0" "$(xargs <$root/from-context)"
assert_eq "Dockerfile file src" "$(xargs <$root/from-relative)"
assert_eq lone "$(cat $root/from-file)"
assert_eq named "$(cat $root/from-named)"
assert_eq "Dockerfile new src" "$(xargs <$root/written)"
assert_eq "lone one" "$(xargs <$root/discarded)"
assert_eq inner "$(cat $root/nested)"
for gone in mnt other src named a etc/motd; do [ ! -e $root/$gone ] || fail "the mount point /$gone is in the image"; done
assert_eq "" "$(ls -A $root/work)"

# Only what is mounted counts: an ignored file in the context changes nothing, one that is mounted does.
build out --platform linux/amd64 --build-context named=named
assert_eq 0 "$(executed)"
echo more >>context/src/hidden
build out --platform linux/amd64 --build-context named=named
assert_eq 0 "$(executed)"
echo changed >>context/src/sub/two
build out --platform linux/amd64 --build-context named=named
assert_ne 0 "$(executed)"
