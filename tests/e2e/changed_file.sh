#!/usr/bin/env bash
# A changed file executes again what depends on it, and nothing else.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox AS slow
RUN echo before > /before
COPY a /a
RUN cat /a > /after-a

FROM busybox
RUN echo apart > /apart
COPY b /b
COPY --from=slow /after-a /after-a
END
echo 1 >context/a
echo 1 >context/b
build first
echo 2 >context/a
build second
assert_eq 3 "$(executed)" "the changed COPY, the RUN that reads it and the COPY of its result are executed"
grep -q "RUN echo apart .*cached$" log || fail "the stage beside it is not taken from the store"
unpack second amd64 image
assert_eq 2 "$(cat image/rootfs/after-a)"
assert_eq 1 "$(cat image/rootfs/b)"
