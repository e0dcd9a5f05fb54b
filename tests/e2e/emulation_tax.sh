#!/usr/bin/env bash
# A run says what emulation took, and which stage could run natively.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(uname -m)" != aarch64 ] || skip "programs for arm64 are not emulated here"
dockerfile <<'END'
FROM busybox AS compile
RUN sleep 6 && echo > /made
FROM busybox
COPY --from=compile /made /
END
"$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 --json context >result.json 2>log || { cat log >&2; fail "the build failed"; }
grep -qE '^arm64: [0-9]+ s of [0-9]+ s emulated; stage compile took [0-9]+ s of it and could cross-compile \(FROM --platform=\$BUILDPLATFORM\)$' log ||
    { cat log; fail "the tax is not told"; }
jq -e '.emulation == [.emulation[] | select(.platform == "linux/arm64" and .stage == "compile" and .emulated_seconds >= 6 and .stage_seconds >= 6 and .seconds >= .emulated_seconds)] and (.emulation | length == 1)' result.json >/dev/null ||
    { cat result.json; fail "the tax is not in the JSON"; }
# of a run that failed, too
sed 's/sleep 6 &&.*/sleep 6; false/' context/Dockerfile >failing
exits 1 "$MABPLAN" build -f failing --build-context "busybox=$busybox" --platform linux/arm64 context
grep -qE '^arm64: [0-9]+ s of [0-9]+ s emulated' log || { cat log; fail "the tax of a failing run is not told"; }
# nothing is emulated: nothing is said
build out --platform linux/arm64
assert_silent_about log ' s emulated'
sed -i 's/^FROM busybox AS/FROM --platform=$BUILDPLATFORM busybox AS/; s/sleep 6/true/' context/Dockerfile
build out --platform linux/arm64
assert_silent_about log ' s emulated'
