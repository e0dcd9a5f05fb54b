#!/usr/bin/env bash
# A cache goes from one store to another, as a folder or as a tar: then nothing is executed again, and what is damaged on the way is refused.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN --mount=type=cache,target=/kept sh -c 'test -e /kept/o && echo again >> /count || echo object > /kept/o'
COPY file /file
RUN cat /file > /copied
END
echo content >context/file
mkdir other
printf 'FROM busybox\nRUN echo other > /other\n' >other/Dockerfile
build out
digest=$(image_digest out)
"$MABPLAN" build --build-context "busybox=$busybox" other >log 2>&1

time_of() { stat -c %y "$1" 2>/dev/null || unshare --map-auto --map-root-user stat -c %y "$1"; }
there() { MABPLAN_CACHE_DIR=$work/$1 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=out-$1,tar=false" context >log 2>&1 || { cat log; fail "the build in $1 failed"; }; }

exits 0 "$MABPLAN" cache export --mounts exported
exits 0 "$MABPLAN" cache import --cache-dir by-folder exported
there by-folder
assert_says log "nothing to do"
assert_eq "$digest" "$(image_digest out-by-folder)"
exits 0 "$MABPLAN" cache verify --cache-dir by-folder
exits 0 "$MABPLAN" cache mounts ls --cache-dir by-folder --json
kept=$(jq -r '.mounts[0].path' log)
assert_eq "$(time_of "$("$MABPLAN" cache mounts ls --json | jq -r '.mounts[0].path')/o")" "$(time_of "$kept/o")" "the time of a file in the cache mount"
# Again: all is there already.
exits 0 "$MABPLAN" cache import --cache-dir by-folder --json exported
assert_eq "0 0" "$(jq -r '"\(.results) \(.mounts)"' log)"
[ "$(jq .known log)" -gt 3 ] || fail "what was known is not told"

# A tar, on a pipe, packed on the way.
"$MABPLAN" cache export - | gzip | "$MABPLAN" cache import --cache-dir by-tar - >log
there by-tar
assert_says log "nothing to do"
exits 0 "$MABPLAN" cache export all.tar
exits 0 "$MABPLAN" cache import --cache-dir by-file all.tar
there by-file
assert_says log "nothing to do"
assert_eq "$digest" "$(image_digest out-by-file)"

# Of a plan alone: nothing of the other project.
cp -r context project
(cd project && printf 'targets:\n  app:\n    context: .\n    additional_contexts: {busybox: "%s"}\n    output: ["type=oci,dest=dist,tar=false"]\n' "$busybox" >mabplan.yaml && "$MABPLAN" compile && "$MABPLAN" run) >log 2>&1 || { cat log; fail "the project failed"; }
exits 0 "$MABPLAN" cache export --plan project/mabplan.plan.json of-plan
! grep -q "echo other" of-plan/mabplan-cache.json || fail "another project's results are exported with the plan"
exits 0 "$MABPLAN" cache import --cache-dir by-plan of-plan
(cd project && rm -rf dist && MABPLAN_CACHE_DIR=$work/by-plan "$MABPLAN" run) >log 2>&1
assert_says log "nothing to do"

# Nor of another project whose Dockerfile has the same shape, nor of what it was before.
for name in near far; do
    mkdir "$name"
    printf 'FROM busybox\nRUN echo %s > /made\n' "$name" >"$name/Dockerfile"
    printf 'targets:\n  default:\n    context: .\n    additional_contexts: {busybox: "%s"}\n    output: ["type=cacheonly"]\n' "$busybox" >"$name/mabplan.yaml"
    (cd "$name" && "$MABPLAN" compile && "$MABPLAN" run) >log 2>&1 || { cat log; fail "$name failed"; }
done
sed -i 's/echo near/echo nearer/' near/Dockerfile
(cd near && "$MABPLAN" compile && "$MABPLAN" run) >log 2>&1
exits 0 "$MABPLAN" cache export --plan near/mabplan.plan.json of-near
assert_eq "RUN echo nearer > /made" "$(jq -r '.results[].origin' of-near/mabplan-cache.json | sed 's/^[^ ]* //' | sort -u)"

# A layer of which only the packed form came has its own bytes: another blob's name in its place is refused.
cp -r exported lying
layer=$(jq -r 'first(.layers[] | select(.packed | length > 0)).packed[0].digest' lying/mabplan-cache.json)
other=$(jq -r '[.layers[] | select(.packed | length > 0)][1].packed[0]' lying/mabplan-cache.json)
jq --arg layer "$layer" --argjson other "$other" '(.layers[].packed[] | select(.digest == $layer)) |= (. + {digest: $other.digest, bytes: $other.bytes})' exported/mabplan-cache.json >lying/mabplan-cache.json
exits 5 "$MABPLAN" cache import --cache-dir of-lying lying
assert_says log "is not the layer"

# A second export into the folder writes what is new, and drops what the store has no more.
stat -c '%n %i' exported/blobs/sha256/* | sort >before
exits 0 "$MABPLAN" cache prune --all --force
build out
exits 0 "$MABPLAN" cache export exported
! grep -q "echo other" exported/mabplan-cache.json || fail "what was pruned is exported"
stat -c '%n %i' exported/blobs/sha256/* | sort >after
[ "$(comm -12 before after | wc -l)" -gt 1 ] || fail "what was there is written again"
for blob in exported/blobs/sha256/*; do assert_eq "$(basename "$blob")" "$(sha256sum <"$blob" | cut -d' ' -f1)"; done

# What is damaged or missing is refused, and leaves a store that is whole.
cp -r exported bent
largest=$(ls -S bent/blobs/sha256 | head -n 1)
printf 'x' | dd of="bent/blobs/sha256/$largest" bs=1 seek=100 conv=notrunc status=none
exits 5 "$MABPLAN" cache import --cache-dir of-bent bent
exits 0 "$MABPLAN" cache verify --cache-dir of-bent
cp -r exported less
for blob in less/blobs/sha256/*; do rm "$blob"; done
exits 5 "$MABPLAN" cache import --cache-dir of-less less
exits 0 "$MABPLAN" cache ls --cache-dir of-less --json
assert_eq 0 "$(jq '.results | length' log)"
# An export that was interrupted is none, and is written anew.
mkdir broken-off
echo '{}' >broken-off/mabplan-cache.json
exits 2 "$MABPLAN" cache import --cache-dir of-broken-off broken-off
exits 0 "$MABPLAN" cache export broken-off
exits 0 "$MABPLAN" cache import --cache-dir of-broken-off broken-off
head -c "$(($(stat -c %s all.tar) / 2))" all.tar >cut.tar
exits 2 "$MABPLAN" cache import --cache-dir of-cut cut.tar
exits 2 "$MABPLAN" cache import --cache-dir of-none context
assert_says log "mabplan cache export"
exits 2 "$MABPLAN" cache export context
assert_says log "is not empty and holds no exported cache"
sed -i 's/mabplan-cache-export-1/mabplan-cache-export-9/' exported/mabplan-cache.json
exits 2 "$MABPLAN" cache import --cache-dir of-newer exported
assert_says log "schema"
