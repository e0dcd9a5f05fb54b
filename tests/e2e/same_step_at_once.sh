#!/usr/bin/env bash
# What several builds of one store would execute at the same time is executed once: the others wait, and have its result. One that is killed
# keeps nobody waiting.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN sleep 4 && head -c 16 /dev/urandom | od -An -tx1 > /random
END
start() {
    "$MABPLAN" build --build-context "busybox=$busybox" --progress plain -o "type=oci,dest=out-$1,tar=false" context >"log-$1" 2>&1 &
}
for number in 1 2 3 4 5 6; do start "$number"; done
wait $(jobs -p) || { cat log-*; fail "a build failed"; }
for number in 2 3 4 5 6; do assert_eq "$(image_digest out-1)" "$(image_digest "out-$number")"; done
assert_eq 1 "$(cat log-? | grep -c '^1 executed')" "how many executed it"
grep -q "waits for another one that executes the same" log-? || fail "nobody says that it waits"
assert_eq "" "$(ls store/running)"

# Killed in the midst: the next one does it.
printf 'FROM busybox\nRUN sleep 2 && echo other > /other\n' >context/Dockerfile
start killed
killed=$!
sleep 0.7
start next
sleep 0.5
kill -9 "$killed"
wait "$killed" || true
wait $! || { cat log-next; fail "the next one failed"; }
assert_says log-next "1 executed"
# --no-cache executes what others execute, too.
rm log-?
printf 'FROM busybox\nRUN sleep 1 && echo third > /third\n' >context/Dockerfile
start 1
exits 0 "$MABPLAN" build --no-cache --build-context "busybox=$busybox" context
assert_says log "1 executed"
wait $(jobs -p)
