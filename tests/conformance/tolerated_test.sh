#!/usr/bin/env bash
# How the runner of conformance sets treats cases that are named as tolerated.  tolerated_test.sh CONFORMANCE
set -euo pipefail
conformance=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/sets"
cat >"$work/sets/paths.json" <<'END'
{"set": "paths", "cases": [
  {"id": "paths/good", "kind": "workdir", "current": "/", "workdir": "a", "result": "/a"},
  {"id": "paths/bad", "kind": "workdir", "current": "/", "workdir": "a", "result": "/b"},
  {"id": "paths/broken", "kind": "workdir"},
  {"id": "paths/other", "kind": "of another kind"}]}
END

# expect STATUS LAST_LINE [ENTRY…]: runs the set with these entries tolerated
expect() {
    local status=0
    printf '%b\n' '# a comment' '' "${@:3}" >"$work/tolerated.txt"
    "$conformance" "$work/sets" --tolerated "$work/tolerated.txt" >"$work/out" 2>&1 || status=$?
    if [ "$status" != "$1" ] || [ "$(tail -n 1 "$work/out")" != "$2" ]; then
        echo "wanted $1 and \"$2\" for: ${*:3}"
        echo "obtained $status and:"
        cat "$work/out"
        exit 1
    fi
}

bad='paths/bad\tours is right' broken='paths/broken\tnobody knows'
expect 1 'paths: 1 passed, 2 failed, 1 skipped'
expect 1 'paths: 1 passed, 1 failed, 1 tolerated, 1 skipped' "$bad"
expect 0 'paths: 1 passed, 0 failed, 2 tolerated, 1 skipped' "$bad" "$broken"
grep -q 'ours is right' "$work/out"
expect 0 'paths: 1 passed, 0 failed, 2 tolerated, 1 skipped' "$bad" "$broken" 'platforms/1\tof a set that is not run'
# out of date: it passes, it is skipped, it is no case
expect 1 'paths: 0 passed, 1 failed, 2 tolerated, 1 skipped' "$bad" "$broken" 'paths/good\tonce'
expect 1 'paths: 1 passed, 1 failed, 2 tolerated' "$bad" "$broken" 'paths/other\tonce'
expect 1 'paths: 1 passed, 1 failed, 2 tolerated, 1 skipped' "$bad" "$broken" 'paths/gone\tonce'
# wrong lines
expect 2 "$work/tolerated.txt: line 3: \"paths/bad\" has no reason behind a tab" 'paths/bad'
expect 2 "$work/tolerated.txt: line 4: \"paths/bad\" is named twice" "$bad" "$bad"
