#!/usr/bin/env bash
# A build that was tagged can be used by its name: run, inspected, built upon, saved, pushed, tagged again, and kept by prune.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo one > /what
CMD ["cat", "/what"]
END
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -t app:1 context
exits 0 "$MABPLAN" image ls
assert_says log "app:1"
exits 0 "$MABPLAN" image run app:1
assert_says log "one"
exits 0 "$MABPLAN" image inspect --format '{{.Os}} {{index .Config.Cmd 1}} {{len .RootFS.Layers}}' app:1
assert_eq "linux /what 2" "$(cat log)"
exits 2 "$MABPLAN" image inspect --format '{{.Configg}}' app:1
assert_says log 'did you mean "Config"?'

# FROM finds it before a registry, and says so.
mkdir child
printf 'FROM app:1\nRUN echo two >> /what\n' >child/Dockerfile
exits 0 "$MABPLAN" build -t child child
assert_says log "docker.io/library/app:1 is the image of that name in the store"
exits 0 "$MABPLAN" image run child
assert_eq "one two" "$(tail -n 2 log | xargs)"
exits 4 "$MABPLAN" build --pull --offline child
assert_says log "docker.io/library/app:1"

# More names, fewer names.
exits 0 "$MABPLAN" image tag app:1 other:2 team/other:3
exits 0 "$MABPLAN" image run other:2
exits 0 "$MABPLAN" image rm other:2
exits 2 "$MABPLAN" image rm other:2
assert_says log 'the store has no image "other:2"'
exits 2 "$MABPLAN" image rm chidl
assert_says log 'did you mean "child:latest"?'

# A file for others, and back.
exits 0 "$MABPLAN" image save app:1 -o app.tar
skopeo inspect --raw oci-archive:app.tar >raw || fail "skopeo does not read it"
skopeo inspect docker-archive:app.tar >raw || fail "engines that know no layouts do not read it"
exits 0 "$MABPLAN" image rm app:1
exits 0 "$MABPLAN" image load -i app.tar
assert_says log "docker.io/library/app:1"
exits 0 "$MABPLAN" image run app:1
skopeo copy -q oci-archive:app.tar docker-archive:docker.tar:loaded:9
exits 0 "$MABPLAN" image load -i docker.tar
exits 0 "$MABPLAN" image run loaded:9
assert_says log "one"
exits 0 "$MABPLAN" image run docker-archive:docker.tar
assert_says log "one"

# A digest is not a name to be given: what is named by one is what has it.
pinned=app@$("$MABPLAN" image inspect --format '{{.Manifest.Digest}}' app:1)
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -t "app@sha256:$(printf 'a%.0s' $(seq 64))" context
assert_says log "a name that is given has no digest"
exits 2 "$MABPLAN" image tag child "$pinned"
exits 2 "$MABPLAN" image tag child "sha256:$(printf 'b%.0s' $(seq 64))"
assert_says log "must not read as a digest"
for spelling in docker.io/library/sha256: library/sha256: index.docker.io/library/sha256:; do
    exits 2 "$MABPLAN" image tag child "$spelling$(printf 'b%.0s' $(seq 64))"
    exits 2 "$MABPLAN" build --build-context "busybox=$busybox" -t "$spelling$(printf 'b%.0s' $(seq 64))" context
done
exits 2 "$MABPLAN" image run sha256:c9ea
assert_says log "is no id"
mkdir evil && tar -C evil -xf app.tar
jq --arg name "docker.io/library/$pinned" '.manifests[0].annotations = {"io.containerd.image.name": $name, "org.opencontainers.image.ref.name": $name}' \
    evil/index.json >evil.json && mv evil.json evil/index.json && rm -f evil/manifest.json
tar -C evil -cf evil.tar .
exits 0 "$MABPLAN" image load -i evil.tar
assert_says log "has no name"
exits 0 "$MABPLAN" image ls
assert_silent_about log "@sha256"

for name in "docker.io/library/sha256:$(printf 'c%.0s' $(seq 64))" "sha256:$(printf 'c%.0s' $(seq 64))"; do
    jq --arg name "$name" '.manifests[0].annotations = {"io.containerd.image.name": $name}' evil/index.json >evil.json && mv evil.json evil/index.json
    tar -C evil -cf evil.tar .
    exits 0 "$MABPLAN" image load -i evil.tar
    assert_says log "has no name"
done
exits 0 "$MABPLAN" image ls
assert_silent_about log "sha256:"

# What an archive names and does not hold is no image, and takes no name away.
before=$("$MABPLAN" image inspect --format '{{.Manifest.Digest}}' app:1)
jq '.manifests[0].annotations = {"io.containerd.image.name": "docker.io/library/app:1"} | .manifests[0].digest = "sha256:" + "d" * 64' evil/index.json >evil.json
mv evil.json evil/index.json
tar -C evil -cf evil.tar .
exits 5 "$MABPLAN" image load -i evil.tar
assert_says log "is not there"
assert_eq "$before" "$("$MABPLAN" image inspect --format '{{.Manifest.Digest}}' app:1)"
truncate -s 1G sparse && echo x >>sparse && tar -cSf sparse.tar sparse
(ulimit -v 1000000; exits 2 "$MABPLAN" image load -i sparse.tar)

# A name of the store goes before a folder and a file of that name; what has a path is meant as such.
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=app,tar=false -t app:1 context
printf 'FROM busybox\nCMD ["echo", "newer"]\n' >context/Dockerfile
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -t app:1 -t bb context
touch bb
assert_eq newer "$("$MABPLAN" image run app:1)"
assert_eq newer "$("$MABPLAN" image run bb)"
assert_eq one "$("$MABPLAN" image run ./app:1)"
touch nosuchname
exits 2 "$MABPLAN" image run nosuchname
assert_says log "docker://nosuchname"

# Lists for scripts, and names taken away by id.
exits 0 "$MABPLAN" image ls app --format '{{.Repository}}:{{.Tag}} {{.ID}}'
id=$(cut -d' ' -f2 log)
assert_eq "app:1 $id" "$(cat log)"
assert_eq "$id" "$("$MABPLAN" image ls -q app:1)"
exits 2 "$MABPLAN" image rm "$id"
assert_says log "has several names"
exits 0 "$MABPLAN" image rm -f "$id" nosuch:1
exits 2 "$MABPLAN" image rm "$id"
rm -r app bb
exits 4 "$MABPLAN" image run --offline app:1
exits 0 "$MABPLAN" image tag child app:1
exits 2 "$MABPLAN" image prune -f
assert_says log "image rm"

# prune keeps what has a name, and what it needs; -a does not.
exits 0 "$MABPLAN" cache prune --force
exits 0 "$MABPLAN" image run child
assert_eq "one two" "$(tail -n 2 log | xargs)"
exits 0 "$MABPLAN" cache prune --all --force
exits 0 "$MABPLAN" image ls
assert_eq "" "$(cat log)"
exits 4 "$MABPLAN" image run --offline app:1
