#!/usr/bin/env bash
# A registry that asks for a bearer token gets one, anonymously.
. "$(dirname "$0")/../support/e2e.sh"

start_layout_registry --token
dockerfile <<END
FROM $registry/box:latest
RUN echo ok > /ok
END
exits 0 "$MABPLAN" build -o type=oci,dest=out,tar=false context
grep -q "GET /token" registry.log || fail "no token was asked for"
