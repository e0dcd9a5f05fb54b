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
step() { grep -F "$1" log || true; }
[[ $(step "wc -c") == *native* ]] || { cat log >&2; fail "the step with another input was not executed"; }
[[ $(step "cat /length") == *cached* ]] || { cat log >&2; fail "the step behind an equal result was executed again"; }
assert_eq "$(image_digest first)" "$(image_digest second)"
