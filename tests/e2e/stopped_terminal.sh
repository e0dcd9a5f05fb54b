#!/usr/bin/env bash
# A terminal that takes nothing more stops no step: all layers are made while nobody reads, and the end of the run waits until somebody does.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN seq 200000 && echo made >/made
COPY --from=busybox /bin/busybox /last
END
mkfifo said
exec 8<>said  # open, and never read
"$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false --platform linux/amd64 --progress plain context >/dev/null 2>&8 &
running=$!
servers+=($running)
tries=600
until [ -e out/index.json ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "the image is not made while nobody reads"
    sleep 0.1
done
sleep 0.5
kill -0 "$running" || fail "the run ended without being read"
timeout 60 cat <&8 >log &
servers+=($!)
wait "$running" || fail "the build ended with $?"
assert_eq made "$(unpack out amd64 image && cat image/rootfs/made)"
until grep -q "2 executed" log; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || fail "the end is not shown: $(tail -n 3 log)"
    sleep 0.1
done
assert_eq 200000 "$(grep -cE '^  linux/amd64 stage-0 2/3 \| [0-9]+$' log)" "lines of output that waited"
