#!/usr/bin/env bash
# Builds into one layout folder: other images stay, equal names are replaced, and what nobody refers to any more goes.
. "$(dirname "$0")/../support/e2e.sh"

into() { printf 'FROM busybox\nRUN echo %s > /what\n' "$2" >context/Dockerfile; build shared -t "$1"; }
into app:1 one
first=$(jq -r '.manifests[0].digest' shared/index.json)
into app:2 two
assert_eq 2 "$(jq '.manifests | length' shared/index.json)"
exits 0 "$MABPLAN" image run oci:shared:1 cat /what
assert_says log one
count=$(ls shared/blobs/sha256 | wc -l)
into app:1 three
assert_eq 2 "$(jq '.manifests | length' shared/index.json)"
[ ! -e "shared/blobs/sha256/${first#sha256:}" ] || fail "what nobody refers to is still there"
assert_eq "$count" "$(ls shared/blobs/sha256 | wc -l)" "blobs"
exits 0 "$MABPLAN" image run oci:shared:2 cat /what
assert_says log two
exits 0 "$MABPLAN" image run oci:shared:1 cat /what
assert_says log three
for tag in 1 2; do skopeo inspect --raw "oci:shared:$tag" >/dev/null || fail "skopeo does not find $tag"; done
# At the same time, too: each waits for the other.
for number in 4 5 6; do
    mkdir "c$number"
    printf 'FROM busybox\nRUN echo %s > /what\n' "$number" >"c$number/Dockerfile"
    "$MABPLAN" build --build-context "busybox=$busybox" -t "app:$number" -o type=oci,dest=shared,tar=false "c$number" >"log$number" 2>&1 &
done
wait $(jobs -p)
assert_eq 5 "$(jq '.manifests | length' shared/index.json)"
for number in 4 5 6; do
    exits 0 "$MABPLAN" image run "oci:shared:$number" cat /what
    assert_says log "$number"
done
