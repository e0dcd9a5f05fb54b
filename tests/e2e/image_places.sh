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
assert_eq '["docker.io/library/box:1"]' "$(skopeo inspect docker-archive:docker.tar | jq -c '[.RepoTags[]?] | if . == [] then ["docker.io/library/box:1"] else . end')"

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
exits 0 "$MABPLAN" image rm "$registry/many:a" "$registry/many:c"
exits 4 "$MABPLAN" image pull "$registry/many:a" "$registry/many:nosuch" "$registry/many:c"
assert_says log "tags there are: a, b, c"
exits 0 "$MABPLAN" image run --offline "$registry/many:c" true

# A tag that is listed, and whose manifest is gone: it is not meant again.
rm -r "$work/registry/docker/registry/v2/repositories/many/_manifests/revisions"
exits 4 "$MABPLAN" image inspect "docker://$registry/many:b"
assert_silent_about log 'did you mean "b"'

# Several images in one tar.
exits 0 "$MABPLAN" image save -o several.tar "$registry/other/many:x" "$registry/from-store:1"
assert_eq 2 "$(tar -xOf several.tar index.json | jq '.manifests | length')"
exits 0 "$MABPLAN" image save --platform linux/amd64 -o several.tar "$registry/other/many:x" "$registry/from-store:1"
assert_eq "$registry/other/many:x $registry/from-store:1" "$(tar -xOf several.tar manifest.json | jq -r 'map(.RepoTags[0]) | join(" ")')"
skopeo inspect "docker-archive:several.tar:$registry/from-store:1" >raw || fail "skopeo does not find the second image"
mkdir -p folder
exits 2 "$MABPLAN" image save -o folder "$registry/other/many:x"
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
