#!/usr/bin/env bash
# The final stage on the build platform, for another platform: the image holds programs of the wrong machine, and that is said.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM --platform=$BUILDPLATFORM busybox
RUN cp /bin/busybox /wrong
END
build out --platform linux/amd64,linux/arm64
assert_says log warning
assert_says log linux/arm64
assert_says log wrong
sed -i 's/--platform=\$BUILDPLATFORM //' context/Dockerfile
build out2 --platform linux/amd64,linux/arm64
assert_silent_about log warning
