#!/usr/bin/env bash
# A step that ran again with the same outcome stops the rebuild there.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY input /input
RUN wc -c < /input > /length && rm /input
RUN echo expensive > /expensive

FROM busybox
COPY --from=0 /length /length
RUN cat /length > /seen
END
printf abc >context/input
build first
printf xyz >context/input
build second
assert_says log "wc -c"
assert_silent_about second/index.json nothing
grep -E 'cat /length' log | grep -qvE 'native|emulated' || { cat log >&2; fail "the step behind an equal result ran again"; }
assert_eq "$(image_digest first)" "$(image_digest second)"
