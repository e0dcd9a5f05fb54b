#!/usr/bin/env bash
# cache verify finds what is damaged, changes nothing unless it is to repair, and then the next build is as good as in a new store.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir /made && echo made >/made/file
COPY file /file
RUN cat /made/file /file >/both
END
echo 1 >context/file
build first
exits 0 "$MABPLAN" cache verify
assert_says log "all is as it should be"
exits 0 "$MABPLAN" cache verify --json
assert_eq "0 false" "$(jq -r '"\(.damage | length) \(.repaired)"' log)"

in_the_store() { if [ "$(id -u)" -eq 0 ]; then "$@"; else unshare --map-auto --map-root-user "$@"; fi; }
flip() { chmod u+w "$1" && printf '\x55' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }
export -f flip
number=1
# finds NAME FILE POSITION: a byte of a file of the store.
finds() {
    in_the_store bash -c 'flip "$1" "$2"' - "$2" "$3"
    exits 5 "$MABPLAN" cache verify
    assert_says log "1 damaged"
    exits 5 "$MABPLAN" cache verify
    exits 0 "$MABPLAN" cache verify --repair
    exits 0 "$MABPLAN" cache verify
    number=$((number + 1))
    echo "$number" >context/file
    build "repaired$number"
    MABPLAN_CACHE_DIR=$work/clean build "clean$number"
    assert_eq "$(image_digest "clean$number")" "$(image_digest "repaired$number")" "$1"
}
in_snapshots() { find store/snapshots -path "*/fs/$1" -print -quit; }
finds "a layer of a command" "$(in_snapshots made/file)" 2
finds "a layer of a base" "$(in_snapshots bin/busybox)" 1000
finds "a blob of a base" "$(find store/blobs -size +200k -print -quit)" 5000
