#!/usr/bin/env bash
# image inspect tells what a layout holds, in words and as JSON.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo x > /x
CMD ["cat", "/x"]
END
build out --platform linux/amd64,linux/arm64
exits 0 "$MABPLAN" image inspect out
assert_says log linux/amd64
assert_says log linux/arm64
"$MABPLAN" image inspect out --json | jq -e . >/dev/null || fail "--json is not JSON"
