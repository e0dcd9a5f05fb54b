#!/usr/bin/env bash
# A crash under emulation is told apart from a command that fails by itself, and the emulator is on record.
. "$(dirname "$0")/../support/e2e.sh"

try() { printf 'FROM busybox\nRUN %s\n' "$1" >context/Dockerfile; }
build_arm() { exits "$1" "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 context; }

try true
build_arm 0
"$MABPLAN" cache ls --json >records.json
assert_says records.json '"emulator": "qemu-'
# the program crashes: QEMU says so
try 'sh -c "kill -SEGV \$\$"; exit $?'
build_arm 1
assert_says log 'the command exited with 139: something in it was ended by signal 11'
assert_says log 'which says that the program itself crashed'
# it fails by itself: no word of the emulator
try 'exit 3'
build_arm 1
assert_says log 'the command exited with 3'
assert_silent_about log 'QEMU'
# natively a crash is the program's own
printf 'FROM busybox\nRUN kill -SEGV $$\n' >context/Dockerfile
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/amd64 context
assert_says log 'signal 11'
assert_silent_about log 'emulator'

# `runner: native` does not emulate
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    additional_contexts: {busybox: "$busybox"}
    platforms: [{platform: linux/arm64, runner: native}]
END
exits 0 "$MABPLAN" compile
exits 36 "$MABPLAN" run
assert_says log "linux/arm64 can't run natively on linux/amd64"
