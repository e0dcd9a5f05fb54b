#!/usr/bin/env bash
# `mabplan dump` shows instructions, stages and ignore lists, as text and as JSON.
. "$(dirname "$0")/../support/e2e.sh"

printf 'FROM busybox AS a\nRUN x\nFROM scratch\nCOPY --from=a /x /\n' >Dockerfile
"$MABPLAN" dump ast Dockerfile >log
assert_says log '2  RUN         form="shell" command="x"'
assert_eq 4 "$("$MABPLAN" dump ast --json Dockerfile | jq '.instructions | length')"
assert_eq '["a"]' "$("$MABPLAN" dump stages --json Dockerfile | jq -c '.stages[1].needs')"
printf '*.o\n!keep.o\n' >.dockerignore
"$MABPLAN" dump ignore .dockerignore a.o keep.o >log
assert_says log '"a.o"  is excluded'
assert_says log '"keep.o"  is included'
echo BOGUS >Dockerfile
exits 2 "$MABPLAN" dump ast Dockerfile
assert_says log 'Dockerfile:1:1: error: unknown instruction: BOGUS'
exits 2 "$MABPLAN" dump stages no-such-file
exits 2 "$MABPLAN" dump
