#!/usr/bin/env bash
# The places that mounts need are made for the step: where a layer has deleted them, over symlinks of the image, in folders whose other
# content the step changes. What the step puts beside a mount stays, with the folder.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir -p /gone/sub /kept/sub /real && touch /gone/sub/file /kept/sub/file && ln -s /real /link
RUN rm -r /gone && rm -r /kept/sub && mkdir /kept/sub
RUN --mount=target=/gone/sub ls /gone/sub >/one
RUN --mount=target=/kept/sub/deep ls /kept/sub/deep >/two
RUN --mount=target=/link/in ls /real/in >/three
RUN --mount=type=tmpfs,target=/real --mount=target=/link/in touch /real/beside && ls /real/in >/four
RUN --mount=target=/new/a/in touch /new/beside
RUN --mount=type=tmpfs,target=/tmp/x --mount=type=tmpfs,target=/etc/conf.d/x true
END
build out --platform linux/amd64
unpack out amd64 image
root=image/rootfs
for seen in one two three four; do assert_eq Dockerfile "$(cat $root/$seen)"; done
assert_eq beside "$(ls -A $root/new)"
assert_eq "" "$(ls -A $root/real)"
assert_eq "" "$(ls -A $root/kept/sub)"
for gone in gone etc/conf.d tmp/x; do [ ! -e $root/$gone ] || fail "/$gone is in the image"; done
# the last step changed nothing: its layer is empty
skopeo copy -q "oci:out" dir:layers
last=$(python3 -c 'import json; print(json.load(open("layers/manifest.json"))["layers"][-1]["digest"].split(":")[1])')
assert_eq "" "$(tar -tzf "layers/$last")"
# neither does it with times as they are: those of folders that held a mount point are given back
build kept --platform linux/amd64 --reproducible off
skopeo copy -q "oci:kept" dir:layers-kept
last=$(python3 -c 'import json; print(json.load(open("layers-kept/manifest.json"))["layers"][-1]["digest"].split(":")[1])')
assert_eq "" "$(tar -tzf "layers-kept/$last")"

# A mount point in a mount that can't be written
dockerfile <<'END'
FROM busybox
RUN --mount=target=/a --mount=type=tmpfs,target=/a/missing true
END
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log 'could not make the mount point at "/a/missing": Read-only file system'
assert_says log 'Dockerfile:2'
