#!/usr/bin/env bash
# Wrong usage ends with 2, with help on what was expected.
. "$(dirname "$0")/../support/e2e.sh"

exits 2 "$MABPLAN" biuld
assert_says log biuld
exits 2 "$MABPLAN" build --no-such-flag context
assert_says log no-such-flag
exits 2 "$MABPLAN" build --platform linux/notanarch context
exits 0 "$MABPLAN" --help
assert_says log compile
exits 0 "$MABPLAN" --version

# help: of all, of a command, of a subject; the table of noise is that of the program.
exits 0 "$MABPLAN" help
assert_says log compile
exits 0 "$MABPLAN" help build
assert_says log --build-arg
exits 0 "$MABPLAN" help image run
assert_says log --entrypoint
exits 0 "$MABPLAN" help reproducibility
assert_says log /var/log/dpkg.log
assert_says log '**/__pycache__/*.pyc'
exits 2 "$MABPLAN" help reproducability
assert_says log 'reproducibility'
