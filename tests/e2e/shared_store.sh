#!/usr/bin/env bash
# Processes that have the same id, as in containers that share one store: each image is the one that a store of its own gives. In an empty
# store and in a filled one, where some are killed, and where all write to one file.
. "$(dirname "$0")/../support/e2e.sh"

apart=(--pid --fork --kill-child --mount-proc)
[ "$(id -u)" -eq 0 ] || apart=(--user --map-auto --map-root-user "${apart[@]}")
unshare "${apart[@]}" true 2>unshare.log || skip "no pid namespace is to be had: $(cat unshare.log)"
assert_eq 1 "$(unshare "${apart[@]}" "$BASH" -c 'echo $$')" "process id"

builders=(1 2 3 4 5 6 7 8)
for n in "${builders[@]}"; do
    mkdir -p "context$n/tree"
    # the same names with other contents, and names that only one has
    for i in $(seq 40); do echo "$n $i" >"context$n/tree/$i"; done
    echo "$n" >"context$n/tree/only$n"
    cat >"context$n/Dockerfile" <<'DOCKERFILE'
FROM busybox
ARG ROUND
COPY tree /tree
RUN cat /tree/* >/all && for i in 1 2 3 4 5 6 7 8; do cp /tree/$i /made$i; done && echo $ROUND >/round && cp /tree/only* /
DOCKERFILE
done

# build_one N ROUND OUTPUT…
build_one() {
    local n=$1 round=$2 outputs=()
    shift 2
    for output in "$@"; do outputs+=(-o "$output"); done
    "$MABPLAN" build --build-context "busybox=$busybox" --build-arg "ROUND=$round" "${outputs[@]}" "context$n"
}
# start_all ROUND NAME: all builders at once, each as process 1 and into NAME-N; their ids in $pids.
start_all() {
    local n
    pids=()
    for n in "${builders[@]}"; do
        unshare "${apart[@]}" "$MABPLAN" build --build-context "busybox=$busybox" --build-arg "ROUND=$1" -o "type=oci,dest=$2-$n,tar=false" "context$n" >"$2-$n.log" 2>&1 &
        pids+=($!)
    done
}
all_end_well() {
    local i
    for i in "${!pids[@]}"; do wait "${pids[$i]}" || { cat "$1-${builders[$i]}.log" >&2; fail "builder ${builders[$i]} of $1 failed"; }; done
}
# check_all ROUND NAME: the images, and the files that the store has of them.
check_all() {
    local n
    for n in "${builders[@]}"; do
        assert_eq "$(image_digest "wanted$1-$n")" "$(image_digest "$2-$n")" "$2: the image of builder $n"
        build_one "$n" "$1" "type=local,dest=$2-files$n" >log 2>&1 || { cat log >&2; fail "$2: the files of builder $n"; }
        diff -r "wanted$1-files$n" "$2-files$n" >&2 || fail "$2: builder $n has other files"
    done
}

for round in 1 2; do
    for n in "${builders[@]}"; do
        MABPLAN_CACHE_DIR=$work/own$n exits 0 build_one "$n" "$round" "type=oci,dest=wanted$round-$n,tar=false" "type=local,dest=wanted$round-files$n"
    done
done

start_all 1 cold
all_end_well cold
check_all 1 cold
start_all 2 warm
all_end_well warm
check_all 2 warm

export MABPLAN_CACHE_DIR=$work/store2
for round in 1 2; do
    for attempt in 1 2; do
        start_all "$round" "killed$round"
        {
            for i in 0 2 4 6; do
                sleep "0.0$((RANDOM % 10))"
                kill -9 "${pids[$i]}" || true
            done
            for i in 0 2 4 6; do wait "${pids[$i]}" || true; done
        } 2>/dev/null
        for i in 1 3 5 7; do wait "${pids[$i]}" || { cat "killed$round-$((i + 1)).log" >&2; fail "builder $((i + 1)) failed beside those that were killed"; }; done
    done
    start_all "$round" "killed$round"
    all_end_well "killed$round"
    check_all "$round" "killed$round"
done

# one destination for all: it is the image of one of them, whole
export MABPLAN_CACHE_DIR=$work/store3
pids=()
for n in "${builders[@]}"; do
    unshare "${apart[@]}" "$MABPLAN" build --build-context "busybox=$busybox" --build-arg ROUND=1 -o type=oci,dest=common.tar context"$n" >"common-$n.log" 2>&1 &
    pids+=($!)
done
all_end_well common
mkdir common
tar -C common -xf common.tar
for n in "${builders[@]}"; do image_digest "wanted1-$n"; done >any
grep -qxF "$(image_digest common)" any || fail "the common output is the image of nobody"
skopeo copy -q oci:common oci:copied:one
assert_eq "" "$(find . -maxdepth 1 -name '*.tmp*')" "left beside the output"

exits 0 "$MABPLAN" cache prune --keep-duration 10d
assert_eq "" "$(ls "$MABPLAN_CACHE_DIR/tmp")" "left in tmp/"
