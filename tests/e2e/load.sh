#!/usr/bin/env bash
# --load hands the image for this host to docker, or podman, as an archive that they read.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY Dockerfile /
END
mkdir engines
path_without docker podman
PATH=$work/engines:$PATH
exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -t app:1 --load context
assert_says log "there is no docker and no podman here"
assert_says log "type=docker,dest=FILE"
for name in docker podman; do
    rm -f engines/*
    printf '#!/bin/sh\n[ "$1 $2" = "load --input" ] && cp "$3" %s/loaded.tar\n' "$work" >"engines/$name"
    chmod +x "engines/$name"
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/amd64,linux/arm64 -t app:1 --load context
    assert_eq amd64 "$(skopeo inspect --config docker-archive:loaded.tar | jq -r .architecture)"
    assert_eq '"app:1"' "$(tar -xOf loaded.tar manifest.json | jq -c '.[0].RepoTags[0]')"
    rm loaded.tar
done
printf '#!/bin/sh\necho "no space left in the engine" >&2\nexit 3\n' >engines/podman
exits 36 "$MABPLAN" build --build-context "busybox=$busybox" -t app:1 --load context
assert_says log "load ended with 3"
assert_says log "no space left in the engine"
