#!/usr/bin/env bash
# The example: compile and run give both targets, which run on both platforms, and the one that lies is named.
. "$(dirname "$0")/../support/e2e.sh"

cp -r "$MABPLAN_SOURCE/plans/examples/multiarch" example
rm -rf example/bases example/dist
chmod -R u+w example
cd example
export MABPLAN_BASES
exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run
assert_says log warning
for target in multiarch target; do
    for arch in amd64 arm64; do
        "$MABPLAN" image run --platform "linux/$arch" "dist/$target" >printed
        assert_says printed "Building for AMD64: Hello from AMD64!"
        assert_says printed "Building for ARM64: Hello from ARM64!"
        machine=x86_64
        [ "$target-$arch" != target-arm64 ] || machine=aarch64
        assert_says printed "Machine  $machine"
    done
done
exits 0 "$MABPLAN" run
assert_eq 0 "$(executed)" "the second run executes nothing"
