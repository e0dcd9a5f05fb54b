#!/usr/bin/env bash
# Without --platform an image is for what its last stage is for; `local` is the host; what is not Linux is refused.
. "$(dirname "$0")/../support/e2e.sh"

case $(uname -m) in
    x86_64) here=amd64 other=arm64 ;;
    aarch64) here=arm64 other=amd64 ;;
    *) skip "an unknown machine" ;;
esac
platform() { skopeo inspect --override-os linux --override-arch "$1" --config "oci:$2" | jq -r '.os + "/" + .architecture'; }
printf 'FROM --platform=linux/%s busybox\nCOPY file /\n' $other >context/Dockerfile
echo x >context/file
build out
assert_eq linux/$other "$(platform $other out)"
assert_silent_about log "for another platform"
assert_silent_about log "programs for"
build asked --platform local
assert_eq linux/$here "$(platform $here asked)"
printf 'FROM --platform=linux/%s busybox AS one\nRUN true\nFROM busybox\nCOPY --from=one /bin/busybox /other\n' $other >context/Dockerfile
build mixed
assert_eq linux/$here "$(platform $here mixed)"

# A bare manifest, no index, of another platform as a base: used, with a warning.
digest=$(jq -r --arg arch $other '.manifests[] | select(.platform.architecture == $arch) | .digest' <(skopeo inspect --raw "oci:$MABPLAN_BASES/busybox:latest"))
cp -r "$MABPLAN_BASES/busybox" bare
chmod -R u+w bare
descriptor=$(jq -c --arg digest "$digest" '.manifests[] | select(.digest == $digest) | del(.platform) | .annotations = {"org.opencontainers.image.ref.name": "latest"}' \
    <(skopeo inspect --raw "oci:$MABPLAN_BASES/busybox:latest"))
printf '{"schemaVersion":2,"manifests":[%s]}' "$descriptor" >bare/index.json
printf 'FROM bare\nCOPY file /\nRUN test -f /file\n' >context/Dockerfile
exits 0 "$MABPLAN" build --build-context bare=oci-layout://bare:latest -o type=oci,dest=of-bare,tar=false context
assert_says log "InvalidBaseImagePlatform"
assert_eq linux/$other "$(platform $other of-bare)"
exits 0 "$MABPLAN" build --platform linux/$here --build-context bare=oci-layout://bare:latest -o type=oci,dest=of-bare-asked,tar=false context
assert_says log "InvalidBaseImagePlatform"
assert_eq linux/$here "$(platform $here of-bare-asked)"

printf 'FROM scratch\nCOPY file /\n' >context/Dockerfile
for platform in windows/amd64 darwin/arm64 freebsd/amd64 js/wasm wasi/wasm; do
    exits 2 "$MABPLAN" build --platform $platform context
    assert_says log "$platform can't be built: mabplan makes images for Linux alone"
    DOCKER_DEFAULT_PLATFORM=$platform exits 2 "$MABPLAN" build context
    assert_says log "$platform can't be built"
done
printf 'targets:\n  it:\n    context: context\n    platforms:\n      - local\n      - darwin/arm64\n' >mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log "mabplan.yaml:6:9: error: darwin/arm64 can't be built"
