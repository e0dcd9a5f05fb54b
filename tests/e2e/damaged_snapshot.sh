#!/usr/bin/env bash
# An unpacked layer that somebody changed in the store reaches no image: it is told of and made again, of a base and of a command alike.
. "$(dirname "$0")/../support/e2e.sh"

layers() { dockerfile; } <<'END'
FROM busybox
RUN mkdir /made && echo made >/made/file && echo other >/made/other
COPY file /file
RUN cat /made/file /bin/busybox /file | sha256sum >/sum && cp -r /made /copied
END
layers
echo 0 >context/file
build reference0
snapshot_with() { find store/snapshots -path "*/fs/$1" -print -quit; }
[ -n "$(snapshot_with made/file)" ] || fail "no snapshot of the command"
[ -n "$(snapshot_with bin/busybox)" ] || fail "no snapshot of the base"

# in_the_store COMMAND…: as the ids that the store has.
in_the_store() { if [ "$(id -u)" -eq 0 ]; then "$@"; else unshare --map-auto --map-root-user "$@"; fi; }
number=0
# survives WHAT COMMAND…: after that, a build that needs the layers gives what an undamaged store gives, with a word about it.
survives() {
    local what=$1
    shift
    number=$((number + 1))
    echo "$number" >context/file
    sleep 0.05
    in_the_store "$@"
    build "damaged$number"
    assert_says log "it is made again"
    MABPLAN_CACHE_DIR=$work/clean build "clean$number"
    assert_eq "$(image_digest "clean$number")" "$(image_digest "damaged$number")" "$what"
}
flip() { printf '\x55' | dd of="$1" bs=1 seek=3 conv=notrunc status=none; }
export -f flip
survives "a byte of a command's layer" bash -c 'flip "$1"' - "$(snapshot_with made/file)"
survives "a byte of the base" bash -c 'flip "$1"' - "$(snapshot_with bin/busybox)"
survives "a byte, with the times of before" bash -c 'touch -r "$1" ref && flip "$1" && touch -r ref "$1"' - "$(snapshot_with made/other)"
survives "a file that is cut" truncate -s 1 "$(snapshot_with made/other)"
survives "a file that is gone" rm "$(snapshot_with made/file)"
survives "a file more" bash -c 'echo more >"$(dirname "$1")/more"' - "$(snapshot_with made/file)"
survives "a file of the base that is gone" rm -f "$(snapshot_with bin/busybox)"

# What stood on a layer that is made anew is made of the new one: no image has parts of two executions.
printf 'FROM busybox\nRUN head -c 16 /dev/urandom | od -An -tx1 >/first\nRUN cp /first /second\nCOPY file /file\nRUN cat /file /first >/third\n' >context/Dockerfile
echo a >context/file
build random
in_the_store bash -c 'flip "$1"' - "$(snapshot_with first)"
echo b >context/file
build random
unpack random amd64 mixed
cmp mixed/rootfs/first mixed/rootfs/second || fail "an image of two executions"
{ echo b; cat mixed/rootfs/first; } | cmp - mixed/rootfs/third || fail "an image of two executions"
layers

# The command is no one to blame, and runs once more; a store that was copied is as good as before.
assert_silent_about log "failed: "
cp -a store copied 2>/dev/null || { rm -rf copied; in_the_store cp -a store copied; }
echo last >context/file
MABPLAN_CACHE_DIR=$work/copied build from-copy
MABPLAN_CACHE_DIR=$work/clean build from-clean
assert_eq "$(image_digest from-clean)" "$(image_digest from-copy)"
