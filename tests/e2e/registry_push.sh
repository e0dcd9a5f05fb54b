#!/usr/bin/env bash
# Pushed by mabplan alone: skopeo pulls what was pushed, with the same digests, for all platforms; what is there is not sent again.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
dockerfile <<'END'
FROM busybox
RUN uname -m > /machine
COPY Dockerfile /
END
# pushes NAME [FLAG]…
pushes() { exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/amd64,linux/arm64 -t "$registry/$1" "${@:2}" context; }
uploads() { grep -cE '"(PUT|PATCH) /v2/.*(blobs|manifests)' registry.log || true; }

pushes team/app:1 --push --metadata-file meta.json
assert_says log "-> $registry/team/app:1"
digest=$(jq -r '."containerimage.digest"' meta.json)
assert_eq "$digest" "$(skopeo inspect --raw --tls-verify=false "docker://$registry/team/app:1" | sha256sum | sed 's/^/sha256:/; s/ .*//')"
skopeo copy -q --all --src-tls-verify=false "docker://$registry/team/app:1" oci:pulled:1
assert_eq "$digest" "$(image_digest pulled)"
unpack pulled arm64 image
assert_eq aarch64 "$(cat image/rootfs/machine)"

# Again: one question, nothing is sent.
sent=$(uploads)
pushes team/app:1 --push
assert_eq "$sent" "$(uploads)" "what was sent though all is there"

# Under another name of the registry: blobs are mounted, manifests written.
pushes other/app:2 -o type=registry
assert_eq "$digest" "$(skopeo inspect --raw --tls-verify=false "docker://$registry/other/app:2" | sha256sum | sed 's/^/sha256:/; s/ .*//')"

# Several names at once, by digest, and the words of buildx for the same.
pushes team/app:3 -t "$registry/team/app:4" --push
for tag in 3 4; do skopeo inspect --raw --tls-verify=false "docker://$registry/team/app:$tag" >/dev/null || fail "no $tag"; done
pushes unused:1 -o "type=image,name=$registry/team/bare,push-by-digest=true,name-canonical=true,push=true"
skopeo inspect --raw --tls-verify=false "docker://$registry/team/bare@$digest" >/dev/null || fail "not pushed by digest"
assert_says log "$registry/team/bare"
assert_silent_about log "$registry/team/bare:latest"
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=image,name=$registry/team/kept,push-by-digest=true" --metadata-file metadata context
skopeo inspect --raw --tls-verify=false "docker://$registry/team/kept@$digest" >/dev/null 2>&1 && fail "pushed, though push=true is not there"
assert_eq "$registry/team/kept:latest" "$(jq -r '."image.name"' metadata)"

# What -t names and what the output names: both.
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -t "$registry/team/tagged:1" -o "type=image,name=$registry/team/named:1,push=true" context
for name in tagged named; do skopeo inspect --raw --tls-verify=false "docker://$registry/team/$name:1" >/dev/null || fail "no $name"; done

# The recipe of CI: a machine for each platform pushes by digest, and one makes the index of them, in buildx's words.
for arch in amd64 arm64; do
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform "linux/$arch" -o "type=image,name=$registry/team/ci,push-by-digest=true,name-canonical=true,push=true" --metadata-file "$arch.json" context
done
exits 0 "$MABPLAN" buildx imagetools create -t "$registry/team/ci:1" -t "$registry/team/ci:latest" --annotation index:a=b \
    "$registry/team/ci@$(jq -r '."containerimage.digest"' amd64.json)" "$registry/team/ci@$(jq -r '."containerimage.digest"' arm64.json)"
for tag in 1 latest; do
    assert_eq "amd64 arm64 b" "$(skopeo inspect --raw --tls-verify=false "docker://$registry/team/ci:$tag" | jq -r '[.manifests[].platform.architecture, .annotations.a] | join(" ")')"
done
whole=$(skopeo inspect --raw --tls-verify=false "docker://$registry/team/ci:1" | sha256sum)
exits 0 "$MABPLAN" imagetools create -t "$registry/team/ci:copy" "$registry/team/ci:1"
assert_eq "$whole" "$(skopeo inspect --raw --tls-verify=false "docker://$registry/team/ci:copy" | sha256sum)" "one index alone stays as it is"
exits 2 "$MABPLAN" image merge --annotation manifest:a=b "docker://$registry/team/x:1" "$registry/team/ci:1"
exits 4 "$MABPLAN" image inspect "docker://$registry/team/bare:latest"
pushes team/app:5 -o "type=image,push=True"
skopeo inspect --raw --tls-verify=false "docker://$registry/team/app:5" >/dev/null || fail "type=image,push=true did not push"

# What cannot be pushed is said before anything runs; a registry that is not there, with its name.
exits 2 "$MABPLAN" build --push context
assert_says log "it has no name"
nobody=localhost:$(free_port)
exits 4 "$MABPLAN" build --build-context "busybox=$busybox" -t "$nobody/app:1" --push context
assert_says log "$nobody"
exits 4 "$MABPLAN" build --offline --build-context "busybox=$busybox" -t "$registry/app:1" --push context
assert_says log "--offline"
