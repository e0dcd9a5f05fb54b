#!/usr/bin/env bash
# Images go from anywhere to anywhere as they are: the digest stays, and the tools of others agree.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
base=oci:$MABPLAN_BASES/busybox:latest
digest=$(image_digest "$MABPLAN_BASES/busybox")
raw_digest() { skopeo inspect --raw "$@" | sha256sum | sed 's/^/sha256:/; s/ .*//'; }

exits 0 "$MABPLAN" image copy "$base" "docker://$registry/box:1"
assert_eq "$digest" "$(raw_digest --tls-verify=false "docker://$registry/box:1")"
exits 0 "$MABPLAN" image copy "docker://$registry/box:1" oci:layout:there
assert_eq "$digest" "$(image_digest layout)"
exits 0 "$MABPLAN" image copy "docker://$registry/box:1" oci-archive:box.tar:x
assert_eq "$digest" "$(raw_digest oci-archive:box.tar:x)"
exits 0 "$MABPLAN" image copy oci-archive:box.tar "docker://$registry/again/box:2"
assert_eq "$digest" "$(raw_digest --tls-verify=false "docker://$registry/again/box:2")"

# One platform: its manifest; several: an index of them.
exits 0 "$MABPLAN" image copy --platform linux/arm64 "docker://$registry/box:1" "docker://$registry/arm:1"
assert_eq arm64 "$(skopeo inspect --config --tls-verify=false --override-arch arm64 "docker://$registry/arm:1" | jq -r .architecture)"
exits 2 "$MABPLAN" image copy --platform linux/riscv64 "docker://$registry/box:1" "docker://$registry/none:1"
assert_says log "platforms there are: "
exits 0 "$MABPLAN" image copy --platform linux/amd64 "docker://$registry/box:1" docker-archive:docker.tar:box:1
assert_eq '["box:1"]' "$(tar -xOf docker.tar manifest.json | jq -c '.[0].RepoTags')"
exits 0 "$MABPLAN" image copy --platform linux/amd64 "docker://$registry/box:1" docker-archive:docker.tar:box
assert_eq '["box:latest"]' "$(tar -xOf docker.tar manifest.json | jq -c '.[0].RepoTags')"
for wrong in oci-archive docker-archive; do
    exits 2 "$MABPLAN" image copy --platform linux/amd64 "docker://$registry/box:1" "$wrong:wrong.tar:box@sha256:$(printf '0%.0s' $(seq 64))"
done

# Names in layouts: as skopeo writes them, and found in whatever way they are written. A tag alone takes nothing from two images that have it.
exits 0 "$MABPLAN" image copy "$base" oci:names:one:1
skopeo inspect --raw oci:names:one:1 >raw || fail "skopeo does not find it"
exits 0 "$MABPLAN" image copy --platform linux/amd64 "$base" oci:names:two:1
for name in one:1 two:1; do exits 0 "$MABPLAN" image inspect "oci:names:$name"; done
exits 2 "$MABPLAN" image inspect oci:names:1
dockerfile <<'END'
FROM busybox
END
for name in a b; do build kit --platform linux/amd64 -t "$name:5"; done
exits 0 "$MABPLAN" image inspect oci:kit:b:5
exits 0 "$MABPLAN" image inspect oci:kit:5  # both are the same
printf 'FROM busybox\nENV A=b\n' >context/Dockerfile
build kit --platform linux/amd64 -t b:5
exits 2 "$MABPLAN" image inspect oci:kit:5
assert_says log "docker.io/library/a:5 = "
exits 2 "$MABPLAN" image copy "$base" oci:kit:5
assert_says log "several images tagged :5"
assert_eq 2 "$(jq '.manifests | length' kit/index.json)"
skopeo copy -q --multi-arch all "oci:$MABPLAN_BASES/busybox:latest" oci:skopeo:img:1
exits 0 "$MABPLAN" image copy --platform linux/amd64 "$base" oci:skopeo:img:1
assert_eq 1 "$(jq '.manifests | length' skopeo/index.json)" "the former image of that name"

# The parts in one index again.
exits 0 "$MABPLAN" image copy --platform linux/amd64 "docker://$registry/box:1" "docker://$registry/amd:1"
exits 0 "$MABPLAN" image merge "docker://$registry/merged:1" "docker://$registry/amd:1" "docker://$registry/arm:1"
exits 0 "$MABPLAN" image copy --platform linux/amd64,linux/arm64 "docker://$registry/box:1" "docker://$registry/both:1"
exits 0 "$MABPLAN" image diff "docker://$registry/both:1" "docker://$registry/merged:1"
assert_says log "no difference"
exits 1 "$MABPLAN" image diff "docker://$registry/both:1" "docker://$registry/amd:1"
assert_says log "platform linux/arm64: removed"

# pull: the names are there without the registry, blobs of this host's platform alone.
exits 0 "$MABPLAN" image pull "$registry/box:1"
exits 0 "$MABPLAN" image run --offline "$registry/box:1" echo hello
assert_says log hello
exits 0 "$MABPLAN" image inspect --offline "$registry/box:1"
assert_says log "linux/s390x"
exits 0 "$MABPLAN" image pull --all-platforms -q "docker://$registry/box:1"
assert_eq "$digest" "$(cat log)"
exits 0 "$MABPLAN" image push "$registry/box:1" "docker://$registry/from-store:1"
assert_eq "$digest" "$(raw_digest --tls-verify=false "docker://$registry/from-store:1")"

# Every tag of a repository, both ways; one that fails keeps nobody from the rest.
for tag in a b c; do exits 0 "$MABPLAN" image copy --platform linux/amd64 "$base" "docker://$registry/many:$tag"; done
exits 0 "$MABPLAN" image pull -a "$registry/many"
for tag in a b c; do exits 0 "$MABPLAN" image run --offline "$registry/many:$tag" true; done
exits 2 "$MABPLAN" image pull --all-tags "$registry/many:a"
assert_says log "without a tag"
exits 0 "$MABPLAN" image tag "$registry/many:a" "$registry/other/many:x" "$registry/other/many:y"
exits 0 "$MABPLAN" image push --all-tags "$registry/other/many"
for tag in x y; do skopeo inspect --raw --tls-verify=false "docker://$registry/other/many:$tag" >raw || fail "$tag was not pushed"; done
exits 2 "$MABPLAN" image push --all-tags "$registry/nothing"

# What is pushed to where its name says is in the store: a name that is not there is no success, and a place is no name.
exits 2 "$MABPLAN" image push "$registry/box:both"
exits 2 "$MABPLAN" image push "$registry/merged:1"
assert_says log "the store has no image"
for place in "$base" "docker://$registry/merged:1" "$("$MABPLAN" image ls -q | head -n 1)"; do
    exits 2 "$MABPLAN" image push --dry-run "$place"
    assert_says log "is not said"
done
exits 0 "$MABPLAN" image rm "$registry/many:a" "$registry/many:c"
exits 4 "$MABPLAN" image pull "$registry/many:a" "$registry/many:nosuch" "$registry/many:c"
assert_says log "tags there are: a, b, c"
exits 0 "$MABPLAN" image run --offline "$registry/many:c" true

# A tag that is listed, and whose manifest is gone: it is not meant again.
rm -r "$work/registry/docker/registry/v2/repositories/many/_manifests/revisions"
exits 4 "$MABPLAN" image inspect "docker://$registry/many:b"
assert_silent_about log 'did you mean "b"'

# Several images in one tar.
exits 0 "$MABPLAN" image save -o several.tar "$registry/other/many:x" "$registry/from-store:1" "$registry/other/many:x"
assert_eq 2 "$(tar -xOf several.tar index.json | jq '.manifests | length')"
exits 0 "$MABPLAN" image save --platform linux/amd64 -o several.tar "$registry/other/many:x" "$registry/from-store:1"
assert_eq "$registry/other/many:x $registry/from-store:1" "$(tar -xOf several.tar manifest.json | jq -r 'map(.RepoTags) | flatten | join(" ")')" "one image with two names"
skopeo inspect "docker-archive:several.tar:$registry/from-store:1" >raw || fail "skopeo does not find the second image"
exits 0 "$MABPLAN" image pull --all-platforms "$registry/box:1"
exits 0 "$MABPLAN" image save -o several.tar "$registry/other/many:x" "$registry/box:1"
assert_eq "$registry/other/many:x $registry/box:1" "$(tar -xOf several.tar manifest.json | jq -r 'map(.RepoTags[0]) | join(" ")')" "engines without indexes"
assert_eq "$digest" "$(tar -xOf several.tar index.json | jq -r '.manifests[1].digest')"
"$MABPLAN" image save "$registry/box:1" >stdout.tar 2>log
assert_eq "$digest" "$(raw_digest oci-archive:stdout.tar:1)$(tail -c 512 stdout.tar | tr -d '\0')" "nothing follows the tar"
"$MABPLAN" image save "$("$MABPLAN" image ls -q "$registry/other/many:x")" >id.tar 2>log
assert_eq '[]' "$(tar -xOf id.tar manifest.json | jq -c '.[0].RepoTags')" "an id is no name"

# Pulled for this host alone, it is saved for this host alone, and without its registry.
exits 0 "$MABPLAN" cache prune --all --force
exits 0 "$MABPLAN" image pull "$registry/box:1"
exits 0 "$MABPLAN" image save --offline -o one.tar "$registry/box:1"
assert_says log "as far as the store has it"
assert_eq "$registry/box:1" "$(tar -xOf one.tar manifest.json | jq -r '.[0].RepoTags[0]')"
mkdir -p folder
exits 2 "$MABPLAN" image save -o folder "$registry/box:1"
assert_says log "that is a folder"

# Nothing is written in a dry run; what a path is must be said.
exits 0 "$MABPLAN" image copy --dry-run "$base" "docker://$registry/dry:1"
exits 4 "$MABPLAN" image inspect "docker://$registry/dry:1"
exits 2 "$MABPLAN" image copy "$base" ./somewhere
assert_says log "write oci:./somewhere"
exits 2 "$MABPLAN" image copy "$base" "containers-storage:x"
assert_says log "oci-archive:FILE"

# What they differ in.
dockerfile <<'END'
FROM busybox
RUN echo new > /new && chmod 700 /bin/busybox
ENV ADDED=yes
END
build changed
exits 1 "$MABPLAN" image diff --platform linux/amd64 oci:changed "$base"
assert_says log "/new: removed"
assert_says log "bin/busybox: mode 0700 -> 0755"
assert_says log "config.Env"
exits 2 "$MABPLAN" image merge "docker://$registry/twice:1" "docker://$registry/amd:1" oci:changed
assert_says log "has an image for linux/amd64, and so has one before it"
