#!/usr/bin/env bash
# Stages that need each other: exit 2, and the message shows the circle.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox AS a
COPY --from=b /x /x

FROM busybox AS b
COPY --from=a /x /x
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
assert_says log "Dockerfile:"
