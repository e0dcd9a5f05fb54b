#!/usr/bin/env bash
# The store keeps itself to a budget: what was not used for longest goes, nothing that this run or another one uses, and no image with a name.
. "$(dirname "$0")/../support/e2e.sh"

unset MABPLAN_CACHE_BUDGET
project() { mkdir -p "$1" && printf 'FROM busybox\nCOPY random /random\nRUN cp /random /copied\n' >"$1/Dockerfile" && head -c 2000000 /dev/urandom >"$1/random"; }
run() { local name=$1; shift; (cd "$name" && "$MABPLAN" build --build-context "busybox=$busybox" "$@" .) >log 2>&1 || { cat log; fail "the build of $name failed"; }; }
total() { "$MABPLAN" cache du --json | jq .total; }

for name in one two three named; do project "$name"; done
run one
sleep 2.1
run two
sleep 2.1
run named -t kept:1
all=$(total)
[ "$all" -gt 20000000 ] || fail "the projects are too small to tell: $all"
assert_silent_about log budget

# Room for two of them: the oldest goes, and whose last run had it is said.
sleep 2.1
MABPLAN_CACHE_BUDGET=$((all + 500000))B run three
assert_says log "budget"
assert_says log "the last run of $work/one had used some of them"
[ "$(total)" -le "$((all + 1000000))" ] || fail "the store has $(total), its budget is $all"
MABPLAN_CACHE_BUDGET=off run two
assert_says log "nothing to do"
MABPLAN_CACHE_BUDGET=off run one
assert_silent_about log "nothing to do"

# However small it is: this run's own things stay, and what has a name; that it is too small is said.
sleep 2.1
printf 'RUN echo more > /more\n' >>three/Dockerfile
MABPLAN_CACHE_BUDGET=1kB run three
assert_says log "more than its budget of 1.00 kB"
run three
assert_says log "nothing to do"
exits 0 "$MABPLAN" image inspect kept:1
exits 0 "$MABPLAN" image save -o kept.tar kept:1
exits 0 "$MABPLAN" cache verify

# What another one uses that goes on stays as well.
printf 'FROM busybox\nCOPY random /random\nRUN sleep 2; cat /random > /again\n' >one/Dockerfile
(cd one && "$MABPLAN" build --build-context "busybox=$busybox" .) >slow.log 2>&1 &
slow=$!
sleep 0.7
printf 'RUN echo even more > /more\n' >>three/Dockerfile
MABPLAN_CACHE_BUDGET=1kB run three
wait "$slow" || { cat slow.log; fail "a build beside one with a small budget failed"; }
assert_silent_about slow.log warning

exits 2 env MABPLAN_CACHE_BUDGET=much "$MABPLAN" build --build-context "busybox=$busybox" one
assert_says log "MABPLAN_CACHE_BUDGET"
