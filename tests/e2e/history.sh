#!/usr/bin/env bash
# What runs did is kept: the good, the failed, the interrupted and the killed ones; what their commands printed, and no secret.
. "$(dirname "$0")/../support/e2e.sh"

exits 0 "$MABPLAN" history ls
exits 2 "$MABPLAN" history show
assert_says log "no run is kept"

dockerfile <<'END'
FROM busybox
RUN --mount=type=secret,id=word cat /run/secrets/word; echo the first line; echo the second >&2
END
echo hidden-treasure >word
build out --secret id=word,src=word
exits 0 "$MABPLAN" history ls --json
assert_eq succeeded "$(jq -r '.runs[0].how' log)"
assert_eq "$work" "$(jq -r '.runs[0].project' log)"
assert_eq 1 "$(jq '.runs[0].executed' log)"
first=$(jq -r '.runs[0].id' log)
exits 0 "$MABPLAN" history logs
assert_says log "the first line"
assert_says log "the second"
exits 0 "$MABPLAN" history show "$first"
assert_says log "RUN --mount=type=secret"
assert_says log "out"
! grep -rq hidden-treasure store/history || fail "a secret is in the history"

# Nothing to do is a run as well, and keeps little.
build out --secret id=word,src=word
exits 0 "$MABPLAN" history ls
assert_eq 2 "$(grep -c succeeded log)"
assert_says log "0 executed, 1 cached"

printf 'FROM busybox\nRUN echo before it fails; exit 7\n' >context/Dockerfile
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" context
exits 0 "$MABPLAN" history show --json
assert_eq failed "$(jq -r .run.how log)"
assert_eq 1 "$(jq .run.failed log)"
exits 0 "$MABPLAN" history show
assert_says log "before it fails"

printf 'FROM busybox\nRUN echo begun; sleep 20\n' >context/Dockerfile
start() { "$MABPLAN" build --build-context "busybox=$busybox" context >slow.log 2>&1 & }
# the run before printed the same
is_running() { [ "$("$MABPLAN" history ls --json | jq -r '.runs[0].how')" = running ] && "$MABPLAN" history logs >log 2>&1 && grep -q begun log; }
await_running() { for _ in $(seq 100); do ! is_running || return 0; sleep 0.1; done; cat log; fail "no run goes on"; }
start
slow=$!
await_running
exits 0 "$MABPLAN" history ls
assert_says log running
running=$("$MABPLAN" history ls --json | jq -r '.runs[0].id')
exits 2 "$MABPLAN" history rm "$running"
assert_says log "goes on"
kill -INT "$slow"
wait "$slow" || true
assert_eq interrupted "$("$MABPLAN" history ls --json | jq -r '.runs[0].how')"
start
slow=$!
await_running
kill -KILL "$slow"
wait "$slow" || true
for _ in $(seq 50); do [ "$("$MABPLAN" history ls --json | jq -r '.runs[0].how')" = running ] || break; sleep 0.1; done
assert_eq killed "$("$MABPLAN" history ls --json | jq -r '.runs[0].how')"

# Names by their starts, under docker's words too; a log that is damaged spoils no other.
exits 2 "$MABPLAN" history show 2
assert_says log "runs"
exits 2 "$MABPLAN" history show nothing
exits 0 "$MABPLAN" buildx history ls
exits 0 "$MABPLAN" cache history ls
head -c 100 /dev/urandom >"store/history/$first"
exits 0 "$MABPLAN" history ls
assert_says log unreadable
exits 0 "$MABPLAN" history rm "$first"
exits 0 "$MABPLAN" history rm --all
exits 0 "$MABPLAN" history ls --json
assert_eq 0 "$(jq '.runs | length' log)"

# A history that can't be written spoils no run.
rm -rf store/history
touch store/history
printf 'FROM busybox\nRUN echo other\n' >context/Dockerfile
build out
assert_says log "nothing is kept of this run"
