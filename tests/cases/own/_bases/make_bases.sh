#!/bin/sh
# The base images of these cases are those of tools/bases, in $MABPLAN_BASES.  make_bases.sh WORK
set -eu
"$(dirname "$0")/../../../../tools/bases" "$MABPLAN_BASES"
mkdir -p "$1/layouts"
cp -r "$MABPLAN_BASES/busybox" "$1/layouts/busybox"
