#!/usr/bin/env bash
# `cache prune` that is interrupted or killed leaves a store in which everything is whole or absent: images built in it afterwards lack nothing.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY tree /tree
RUN for i in $(seq 800); do echo $i >/file$i; done
RUN --mount=type=cache,target=/cache n=$(ls /cache | wc -l) && [ $n -eq 0 -o $n -eq 400 ] && for i in $(seq 400); do echo $i >/cache/$i; done
END
mkdir context/tree
for i in $(seq 800); do echo "$i" >"context/tree/$i"; done
build wanted -o type=local,dest=wanted-files
wanted=$(image_digest wanted)
started=$(date +%s%N)
exits 0 "$MABPLAN" cache prune --all --force
took=$((($(date +%s%N) - started) / 1000000))
assert_says log "freed"

# prune_and SIGNAL: sends it after a random part of the time that pruning takes; how it ended in $status.
prune_and() {
    "$MABPLAN" cache prune --all --force >prune.log 2>&1 &
    local pid=$!
    sleep "$(awk -v t="$took" -v r="$RANDOM" 'BEGIN { printf "%.3f", t * r / 32767 / 1000 }')"
    status=0
    { kill "-$1" "$pid" || true; wait "$pid" || status=$?; } 2>/dev/null
}
# The image, and the files that the store has of it.
check() {
    build out -o type=local,dest=files
    assert_eq "$wanted" "$(image_digest out)" "$1"
    diff -r wanted-files files >&2 || fail "$1: the files"
    rm -rf out files
}

check "after a whole prune"
for signal in INT KILL KILL INT KILL; do
    prune_and $signal
    [ $signal = KILL ] || [ "$status" -eq 0 ] || assert_eq 130 "$status" "exit status of an interrupted prune"
    check "after a prune that SIG$signal ended with $status"
done
exits 0 "$MABPLAN" cache prune --keep-duration 10d
assert_eq "" "$(ls "$MABPLAN_CACHE_DIR/tmp")" "left in tmp/"
