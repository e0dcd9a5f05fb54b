#!/usr/bin/env bash
# No Dockerfile: exit 2, and the message names the file that was looked for.
. "$(dirname "$0")/../support/e2e.sh"

exits 2 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log Dockerfile
exits 2 "$MABPLAN" build -f context/Other -o type=oci,dest=out,tar=false context
assert_says log Other
exits 2 "$MABPLAN" build -o type=oci,dest=out,tar=false nowhere
assert_says log nowhere
