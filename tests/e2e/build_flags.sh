#!/usr/bin/env bash
# --build-arg, --target and -f, as docker buildx build has them.
. "$(dirname "$0")/../support/e2e.sh"

cat >context/Other <<'END'
ARG BASE=nothing
FROM ${BASE} AS wanted
ARG WORD=default
RUN echo "$WORD" > /word

FROM wanted
RUN exit 1
END
build out -f context/Other --target wanted --build-arg BASE=busybox --build-arg WORD=given
unpack out amd64 image
assert_eq given "$(cat image/rootfs/word)"
build again -f context/Other --target wanted --build-arg BASE=busybox --build-arg WORD=given --no-cache
assert_eq 1 "$(executed)" "--no-cache executes"
assert_eq "$(image_digest out)" "$(image_digest again)"
