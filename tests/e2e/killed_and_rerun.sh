#!/usr/bin/env bash
# Killed at any moment and run again: the same image as from a run that nobody disturbed.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox AS tool
RUN cp /bin/busybox /tool && head -c 3000000 /dev/zero > /zeros

FROM busybox
COPY . /context
COPY --from=tool /tool /zeros /
RUN for i in 1 2 3 4 5 6 7 8; do echo $i > /$i; done
END
for i in $(seq 200); do echo "$i" >"context/file$i"; done
started=$(date +%s%N)
build undisturbed --platform linux/amd64,linux/arm64
took=$((($(date +%s%N) - started) / 1000000))
wanted=$(image_digest undisturbed)
export MABPLAN_CACHE_DIR=$work/store2
for attempt in $(seq 12); do
    setsid "$MABPLAN" build --platform linux/amd64,linux/arm64 --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context >killed.log 2>&1 &
    pid=$!
    sleep "$(awk -v t="$took" -v r="$RANDOM" 'BEGIN { printf "%.3f", t * r / 32767 / 1000 }')"
    kill -9 "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
    [ "$((attempt % 4))" -ne 0 ] || export MABPLAN_CACHE_DIR=$work/store-$attempt
    [ "$((attempt % 4))" -ne 3 ] || { build out --platform linux/amd64,linux/arm64; assert_eq "$wanted" "$(image_digest out)"; rm -rf out; }
done
build out --platform linux/amd64,linux/arm64
assert_eq "$wanted" "$(image_digest out)"
