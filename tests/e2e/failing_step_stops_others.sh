#!/usr/bin/env bash
# A required step that fails ends those that run beside it at once, and they are no failures; an optional one ends nobody.
. "$(dirname "$0")/../support/e2e.sh"

long=9$$  # its own: the same test may run beside this one, as another user
dockerfile <<END
FROM busybox AS slow
RUN echo begun && sleep $long
FROM busybox AS bad
RUN sleep 2 && exit 7
FROM busybox
COPY --from=slow /etc/hostname /slow
COPY --from=bad /etc/hostname /bad
END
begun=$SECONDS
exits 1 timeout 120 "$MABPLAN" build -j 2 --build-context "busybox=$busybox" context
[ $((SECONDS - begun)) -lt 60 ] || fail "the failure waited for the other step"
assert_says log "exited with 7"
assert_says log "stopped, because another step failed"
assert_eq 1 "$(grep -c '^error:\|error: ' log)" "failures that are told"
! pgrep -f "^sleep $long\$" >/dev/null || fail "the other step still runs"

dockerfile <<'END'
FROM busybox
ARG TARGETARCH
RUN [ $TARGETARCH = amd64 ] || exit 7; sleep 6; echo made >/made
END
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64, {platform: linux/arm64, optional: true}]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist,tar=false"]
END
exits 0 "$MABPLAN" compile
exits 3 "$MABPLAN" run -j 2
assert_silent_about log "because another step failed"
unpack dist amd64 image
assert_eq made "$(cat image/rootfs/made)"
