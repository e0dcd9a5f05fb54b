#!/usr/bin/env bash
# What is stored can be asked for: cache ls with filters, du, show, mounts; as text and as JSON.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox AS build
ARG WORD=first
RUN --mount=type=cache,target=/kept,id=objects echo object > /kept/o; echo said by the command; echo $WORD > /made
FROM busybox AS web
COPY --from=build /made /made
END
build out
exits 0 "$MABPLAN" cache ls --json
cp log all.json
assert_eq "copy run" "$(jq -r '[.results[] | select(.kind == "definition") | .instructions[0].kind] | unique | join(" ")' all.json)"
assert_eq objects "$(jq -r '.cache_mounts[0].id' all.json)"
assert_eq false "$(jq '.cache_mounts[0].in_use' all.json)"

rows() { exits 0 "$MABPLAN" cache ls "$@"; tail -n +2 log | wc -l; }
assert_eq 3 "$(rows)" "rows"
assert_eq 1 "$(rows --filter kind=run)" "runs"
assert_eq 2 "$(rows --filter type=run --filter kind=copy)" "runs and copies"
assert_eq 1 "$(rows --filter kind=mount)" "cache mounts"
assert_eq 0 "$(rows --filter platform=linux/s390x)" "of another platform"
assert_eq 2 "$(rows --filter target=default --filter kind=result)" "of the target"
assert_eq 1 "$(rows --filter stage=build --filter kind=result)" "of the stage"
assert_eq 0 "$(rows --filter until=1h)" "not used for an hour"
assert_eq 3 "$(rows --filter since=1h)" "used within the hour"
assert_eq 0 "$(rows --filter larger=1GB)" "larger than a GB"
assert_eq 0 "$(rows --filter inuse=true)" "in use"
exits 2 "$MABPLAN" cache ls --filter knd=run
assert_says log 'did you mean "kind"?'
exits 2 "$MABPLAN" cache ls --filter kind=rum
assert_says log "kinds: result, mount, run"
exits 2 "$MABPLAN" cache ls --filter until=soon
exits 2 "$MABPLAN" cache ls --filter kind

# What runs now is in use.
printf 'FROM busybox\nRUN --mount=type=cache,target=/kept,id=objects sleep 3\n' >slow.Dockerfile
"$MABPLAN" build --build-context "busybox=$busybox" -f slow.Dockerfile context >slow.log 2>&1 &
slow=$!
sleep 1
exits 0 "$MABPLAN" cache mounts ls
assert_says log "in use"
exits 36 "$MABPLAN" cache mounts rm objects
assert_says log "in use by a build that goes on"
wait "$slow"

# du agrees with du(1) within 2 %.
head -c 3000000 /dev/urandom >context/random
printf 'FROM busybox AS web\nCOPY random /random\nRUN cp /random /copied\n' >context/Dockerfile
build out
exits 0 "$MABPLAN" cache du --json
ours=$(jq .total log)
theirs=$(du -sB1 store 2>/dev/null | cut -f1) || theirs=$(unshare --map-auto --map-root-user du -sB1 store | cut -f1)
[ $((ours * 100)) -lt $((theirs * 102)) ] && [ $((ours * 102)) -gt $((theirs * 100)) ] || fail "du says $ours, du(1) $theirs"
[ "$(jq '.targets.default > 6000000 and .of_no_target > 0' log)" = true ] || { cat log; fail "the target's share is wrong"; }
exits 0 "$MABPLAN" cache du
assert_says log "TARGET"

# show: by the key, by the layer, by any start that is one alone.
key=$(jq -r '.results[] | select(.kind == "definition" and .instructions[0].kind == "run").key' all.json)
exits 0 "$MABPLAN" cache show "${key:7:12}"
assert_says log "RUN --mount=type=cache,target=/kept,id=objects"
assert_says log "$key"
assert_says log "said by the command"
assert_says log "WORD"
exits 0 "$MABPLAN" cache show --json "$key"
assert_eq "said by the command" "$(jq -r .log.output log | tr -d '\n')"
assert_eq result "$(jq -r .what log)"
layer=$(jq -r .layer log)
exits 0 "$MABPLAN" cache show "$layer"
assert_says log "$layer"
exits 0 "$MABPLAN" cache inspect "$layer"
exits 2 "$MABPLAN" cache show 00000000
exits 2 "$MABPLAN" cache show xyz1
exits 2 "$MABPLAN" cache show
exits 2 "$MABPLAN" cache show 0

# mounts
exits 0 "$MABPLAN" cache mounts show objects
assert_says log "objects"
assert_says log "  o"
exits 0 "$MABPLAN" cache mounts show --json objects
assert_eq o "$(jq -r '.mounts[0].entries[0].name' log)"
exits 2 "$MABPLAN" cache mounts show nothing
exits 2 "$MABPLAN" cache mounts rm
exits 0 "$MABPLAN" cache mounts rm objects
assert_says log "removed 1 cache mounts"
exits 0 "$MABPLAN" cache mounts ls --json
assert_eq 0 "$(jq '.mounts | length' log)"
exits 0 "$MABPLAN" cache verify
