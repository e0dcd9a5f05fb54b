#!/usr/bin/env bash
# An optional platform that fails, that its base does not have, or that this host can't run sinks nothing: the others are written, exit 3.
. "$(dirname "$0")/../support/e2e.sh"

matrix() {
    cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64, {platform: $1, optional: true${2:+, $2}}]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist,tar=false"]
END
}

# A base without the platform: said when compiling, and the rest is built.
dockerfile <<'END'
FROM busybox
RUN echo > /made
END
matrix linux/riscv64
exits 0 "$MABPLAN" compile
assert_says log "an optional platform is left out"
assert_says log "linux/riscv64"
exits 0 "$MABPLAN" run
assert_eq 1 "$(raw_image dist | jq '.manifests // [1] | length')"

# A platform that must not be emulated here, and a command that fails on one platform.
foreign=linux/arm64
[ "$(uname -m)" = x86_64 ] || foreign=linux/s390x
matrix $foreign "runner: native"
exits 0 "$MABPLAN" compile
exits 3 "$MABPLAN" run
assert_says log "runner: native"
assert_eq 1 "$(raw_image dist | jq '.manifests // [1] | length')"

dockerfile <<'END'
FROM busybox
ARG TARGETARCH
RUN test $TARGETARCH = amd64
END
matrix $foreign
exits 0 "$MABPLAN" compile
status=0
"$MABPLAN" run >log 2>&1 || status=$?
[ "$status" -ne 36 ] || skip "$(tail -n 1 log)"
assert_eq 3 "$status"

# Without an optional platform that is left, it is an error after all.
sed -i 's/\[linux\/amd64, {platform: [^,]*/[{platform: linux\/riscv64/' mabplan.yaml
exits 2 "$MABPLAN" compile
