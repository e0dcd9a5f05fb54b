#!/usr/bin/env bash
# A registry that is not there, and an image that it does not have: exit 4, and the message names them.
. "$(dirname "$0")/../support/e2e.sh"

nobody=localhost:$(free_port)
dockerfile <<END
FROM $nobody/box:1
RUN true
END
exits 4 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log "$nobody"
start_layout_registry
dockerfile <<END
FROM $registry/other:1
RUN true
END
exits 4 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log "$registry/other:1"
[ ! -e out ] || fail "a failed build left an output"
