#!/usr/bin/env bash
# tools/dev/steps.sh: no long silence, nothing lost, and the end of what a failing command said.
set -euo pipefail
steps=$(realpath "$(dirname "$0")/../../../tools/dev/steps.sh")
. "$steps"

fail() { echo "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
STEPS_LOG=$work/log STEPS_SILENCE=1

# Lines come through as they are, with the last one that has no end, and blank ones.
printf 'a\n\n  b\\n \nend' | sign_of_life waiting >out
printf 'a\n\n  b\\n \nend\n' | cmp - out || fail "lines were changed"

# A silence is ended, in the middle of a line too, which stays one.
{ echo a; printf b; sleep 2.5; echo c; } | sign_of_life "some work" >out
grep -Eq '^ *… still at it after [12] s: some work$' out || fail "no sign of life: $(cat out)"
grep -qx 'a bc ' <(grep -vF '…' out | tr '\n' ' ') || fail "a line was torn: $(cat out)"

# No sign of life where there is no silence.
for _ in 1 2 3 4 5; do echo tick; sleep 0.3; done | sign_of_life waiting >out
[ "$(grep -c tick out)" -eq 5 ] && ! grep -qF '…' out || fail "$(cat out)"

# A step says what it does and how long that takes, shows all, keeps all with both outputs, and says how long it took.
: >log
step "stepping" "1 min" sh -c 'echo to out; echo to err >&2' >out
grep -qx 'stepping (about 1 min)' out || fail "$(cat out)"
for line in 'to out' 'to err'; do grep -qx "$line" out && grep -qx "$line" log || fail "'$line' is lost"; done
grep -Eqx ' *done in [0-9]+ s' out || fail "$(cat out)"
step "no time" "" true >out
grep -qx 'no time' out || fail "a time that nobody knows"

# One that fails ends as the command did, and says where all of it is.
status=0
step "failing" "1 s" sh -c 'echo why; exit 3' >out 2>err || status=$?
[ "$status" -eq 3 ] || fail "status $status"
grep -qx "failed with status 3: failing; all that it said is in $work/log" err || fail "$(cat err)"
status=0
watched "watching" sh -c 'echo shown; exit 4' >out || status=$?
[ "$status" -eq 4 ] && grep -qx shown out || fail "status $status, $(cat out)"

# On a terminal each line replaces the last one, cut to its width, and the end of what this step said is shown when it fails.
long=$(printf 'x%.0s' {1..300})
cat >steps_to_watch <<END
export STEPS_LOG=$work/log
. "$steps"
step "before" "" echo "said before"
step "failing" "" sh -c 'seq 100; echo $long; exit 5'
END
status=0
script -qec "stty rows 20 cols 60; bash steps_to_watch" shown </dev/null >/dev/null || status=$?
[ "$status" -eq 5 ] || fail "status $status on a terminal"
tr -d '\r' <shown | sed 's/.*\x1b\[K//' >left
grep -qx 100 left && grep -qx 62 left && grep -qx "$long" left || fail "the end is not shown: $(cat left)"
! grep -qx 61 left && ! grep -qx 'said before' left || fail "more than the end is shown: $(cat left)"
! grep -q '\[Kx\{60\}' <(tr '\r' '\n' <shown) || fail "a line is longer than the terminal is wide"
grep -q '\[Kx\{59\}$' <(tr '\r' '\n' <shown) || fail "a line is cut to less than the width of the terminal"
