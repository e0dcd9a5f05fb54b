#!/usr/bin/env bash
# The second run of the same build executes nothing, says so, and gives the same image.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo one > /one
COPY file /file
RUN echo two > /two
END
echo x >context/file
build first --platform linux/amd64,linux/arm64
assert_ne 0 "$(executed)" "the first run executes"
build second --platform linux/amd64,linux/arm64
assert_eq 0 "$(executed)" "the second run executes nothing"
assert_eq "$(image_digest first)" "$(image_digest second)"
