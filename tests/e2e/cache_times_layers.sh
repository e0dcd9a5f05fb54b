#!/usr/bin/env bash
# The times that a cache gives to files are for its commands alone: layers, keys and images are those of a build without anything in the
# cache, whatever a command does with such files. Nothing changed: nothing is executed.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY --chmod=4751 set-id /src/set-id
COPY src /src
RUN ln /src/one /src/two && ln -s one /src/link && mkdir /src/private && echo p >/src/private/file && chown -R 7:8 /src/private && chmod 700 /src/private
COPY count /count
RUN --mount=type=cache,target=/cache,sharing=locked cat /src/one >/cache/object && stat -c '%n %a %u:%g %h' /src/one /src/two /src/set-id /src/private/file >/facts && stat -c '%n %a %u:%g' /src/private >>/facts
RUN --mount=type=cache,target=/cache,sharing=locked chown -R 1:2 /src && chmod g+w /src/one && mv /src/sub/moved /elsewhere && cp -p /src/plain /copy && rm /src/gone && cat /count >/dev/null
RUN --mount=type=cache,target=/cache,sharing=locked echo more >>/src/plain && [ ! -e /src/gone ] && /src/runs >/ran && cat /count >/dev/null
END
mkdir -p context/src/sub
write() {
    for name in one plain gone sub/moved; do echo "$1 $name" >"context/src/$name"; done
    printf '#!/bin/sh\necho %s runs\n' "$1" >context/src/runs
    chmod 755 context/src/runs
    echo "$1" >context/count
    echo "$1" >context/set-id
}
for content in first second third; do
    write $content
    build out --platform linux/amd64
    digest=$(image_digest out)
    build out --platform linux/amd64
    assert_eq 0 "$(executed)"
    MABPLAN_CACHE_DIR=$work/clean-$content build clean --platform linux/amd64
    assert_eq "$(image_digest clean)" "$digest" "$content: the image of a store without a cache"
done
unpack out amd64 image
assert_eq "third runs" "$(cat image/rootfs/ran)"
assert_says image/rootfs/facts "/src/set-id 4751 0:0 1"
assert_says image/rootfs/facts "/src/one 644 0:0 2"
assert_says image/rootfs/facts "/src/private 700 7:8"
