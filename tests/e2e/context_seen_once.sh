#!/usr/bin/env bash
# A build looks at its context once, when it is compiled: what comes to it while the build runs is not in the image, and a file that changes
# is noticed.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo started && sleep 5
COPY . /context/
END
mkdir context/sub
echo one >context/sub/file

# build_until_started: builds in the background, until its first command runs; the COPY comes after that.
build_until_started() {
    : >log  # what the build before said must not be taken for this one's
    "$MABPLAN" build --no-cache --build-context "busybox=$busybox" -o type=local,dest=out context >log 2>&1 &
    building=$!
    local tries=600
    until grep -q started log; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat log >&2; fail "the step did not start"; }
        sleep 0.05
    done
}
# ends WANTED: how the build ends.
ends() {
    local status=0
    wait "$building" || status=$?
    [ "$status" -eq "$1" ] || { cat log >&2; fail "expected exit $1, got $status"; }
}

build_until_started
echo late >context/sub/late
ends 0
assert_eq "file" "$(ls out/context/sub)"

build_until_started
echo two >context/sub/file
ends 5
assert_says log '"sub/file" changed while it was read'
