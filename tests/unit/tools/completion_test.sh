#!/usr/bin/env bash
# The completion for bash: commands, flags and words of flags are those that the program has.
#
# usage: completion_test.sh MABPLAN COMPLETION
set -euo pipefail

mabplan=$1
. "$2"

failed=0
# completes EXPECTED WORD…: what the last word may become, on one line in the order of the alphabet; "" for nothing.
completes() {
    local expected=$1 found
    shift
    COMP_WORDS=(mabplan "$@") COMP_CWORD=$#
    _mabplan "$mabplan" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
    found=$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd' ')
    [ "$found" = "$expected" ] && return
    echo "FAILED: mabplan $*: expected '$expected', got '$found'" >&2
    failed=1
}

completes "compile" co
completes "build" b
completes "du export import ls mounts prune show verify" cache ""
completes "ls rm show" cache mounts ""
completes "inspect" image i
completes "pull push" image pu
completes "prune" cache p
completes "--max-used-space" cache prune --max
completes "--build-arg --build-context" build . --build-
completes "-j" build -j
completes "error never warning" check --error-on ""
completes "never" check --error-on n
completes "off on" build -f Dockerfile --reproducible o
completes "image" help im
# what the program cannot know is left to files
completes "" build Dock
completes "" run ""
completes "" image run app --fl
completes "" no-such-command --fl
exit "$failed"
