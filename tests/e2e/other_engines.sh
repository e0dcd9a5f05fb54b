#!/usr/bin/env bash
# docker and podman take what we push, each platform of it, and we take what they push: the same configurations, so the same images.
# Validators agree with our layouts.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
dockerfile <<'END'
FROM busybox
RUN echo made > /made && rm -r /var/www
COPY Dockerfile /copied
CMD ["cat", "/made"]
END
platforms=linux/amd64,linux/arm64
exits 0 "$MABPLAN" build -q --platform "$platforms" --build-context "busybox=$busybox" -t "$registry/ours:1" --push context
"$MABPLAN" image inspect --json "docker://$registry/ours:1" >ours.json

tried=0
if command -v oci-image-tool >/dev/null; then
    build layout --platform "$platforms"
    for arch in amd64 arm64; do
        # it does not look into an index inside of the index
        exits 0 "$MABPLAN" image copy --platform "linux/$arch" oci:layout "oci:of-$arch:latest"
        exits 0 oci-image-tool validate --type image --ref name=latest "of-$arch"
        assert_says log "Validation succeeded"
    done
    tried=$((tried + 1))
    echo "tried: oci-image-tool"
fi

# engine NAME COMMAND…: the words that begin each of its commands.
engine() {
    local name=$1 arch id
    shift
    for arch in amd64 arm64; do
        "$@" pull -q --platform "linux/$arch" "$registry/ours:1" >pulled.log 2>&1 || { cat pulled.log >&2; fail "$name does not pull $arch"; }
        id=$("$@" image inspect --format '{{.Id}}' "$registry/ours:1")
        assert_eq "$(jq -r --arg platform "linux/$arch" '.images[] | select(.platform == $platform) | .config_digest' ours.json)" \
            "sha256:${id#sha256:}" "$name: the image of $arch"
        "$@" tag "$registry/ours:1" "$registry/$name:$arch"
        "$@" push -q "$registry/$name:$arch" >pushed.log 2>&1 || { cat pushed.log >&2; fail "$name does not push $arch"; }
        exits 0 "$MABPLAN" image pull --all-platforms "$registry/$name:$arch"
        assert_eq "sha256:${id#sha256:}" "$("$MABPLAN" image inspect --json "$registry/$name:$arch" | jq -r '.images[].config_digest')" "what $name pushed"
    done
    # both in one index again
    exits 0 "$MABPLAN" image merge "docker://$registry/$name:both" "docker://$registry/$name:amd64" "docker://$registry/$name:arm64"
    "$@" pull -q --platform linux/arm64 "$registry/$name:both" >pulled.log 2>&1 || { cat pulled.log >&2; fail "$name does not pull what we merged"; }
    exits 0 "$MABPLAN" image run --platform linux/amd64 "docker://$registry/$name:both"
    assert_says log made
    tried=$((tried + 1))
    echo "tried: $name"
}

# Plain http: podman must be told so, docker knows it of localhost.
mkdir -p podman
printf 'unqualified-search-registries = []\n[[registry]]\nlocation = "%s"\ninsecure = true\n' "$registry" >podman/registries.conf
printf '{"default": [{"type": "insecureAcceptAnything"}]}\n' >podman/policy.json
podman_here() {
    local verb=$1
    shift
    case $verb in pull | push) set -- --signature-policy "$work/podman/policy.json" "$@" ;; esac
    CONTAINERS_REGISTRIES_CONF=$work/podman/registries.conf podman --root "$work/podman/root" --runroot "$work/podman/run" --storage-driver vfs "$verb" "$@"
}
if command -v podman >/dev/null && podman_here info >podman.log 2>&1; then engine podman podman_here; fi
if [ -x /usr/bin/docker ] && command -v dockerd >/dev/null && [ "$(id -u)" -eq 0 ]; then
    python3 "$MABPLAN_SOURCE/tests/support/run_dockerd.py" "$work/docker" >docker.env 2>docker.log &
    servers+=($!)
    for _ in $(seq 300); do [ -s docker.env ] || ! kill -0 "${servers[-1]}" 2>/dev/null || { sleep 0.1; continue; }; break; done
    [ ! -s docker.env ] || engine docker env DOCKER_HOST="$(cat docker.env)" DOCKER_CONFIG="$work/docker" /usr/bin/docker
fi
[ "$tried" -gt 0 ] || skip "neither podman nor docker nor oci-image-tool can be used here"
