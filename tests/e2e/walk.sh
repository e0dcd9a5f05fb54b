#!/usr/bin/env bash
# The whole walk of who builds for two platforms with a registry of his own: bases copied in, build and push, a look, both images run, the
# choice of platforms, a second registry, the cache, a tag that moved, and the end.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
first=$registry
start_registry
second=$registry
registry=$first
M=$MABPLAN

# The base, for both platforms, from a layout that was made offline.
exits 0 "$M" image copy --platform linux/amd64,linux/arm64 "oci:$MABPLAN_BASES/busybox:latest" "docker://$first/busybox:1"
exits 0 "$M" image inspect "docker://$first/busybox:1"
assert_says log linux/amd64
assert_says log linux/arm64

# Stages for either platform, and files between them.
dockerfile <<END
FROM --platform=linux/amd64 $first/busybox:1 AS amd64_builder
RUN uname -m > /arch.txt && echo "made on amd64" > /message.txt
FROM --platform=linux/arm64 $first/busybox:1 AS arm64_builder
RUN uname -m > /arch.txt && echo "made on arm64" > /message.txt
FROM $first/busybox:1
WORKDIR /app
COPY --from=amd64_builder /arch.txt ./amd64_arch.txt
COPY --from=arm64_builder /arch.txt ./arm64_arch.txt
COPY run.sh .
RUN chmod +x run.sh
CMD ["./run.sh"]
END
printf '#!/bin/sh\nuname -m\ncat amd64_arch.txt arm64_arch.txt\n' >context/run.sh
exits 0 "$M" build --platform linux/amd64,linux/arm64 -t "$first/multiarch:1" --push context
exits 0 "$M" imagetools inspect "docker://$first/multiarch:1"
assert_says log "linux/arm64"
exits 0 "$M" image run "$first/multiarch:1"
assert_eq "x86_64 x86_64 aarch64" "$(tail -n 3 log | xargs)"
exits 0 "$M" image run --platform linux/arm64 "$first/multiarch:1"
assert_eq "aarch64 x86_64 aarch64" "$(tail -n 3 log | xargs)"

# Which image serves a platform, and what is said where none does.
exits 0 "$M" image run --platform linux/arm64/v8 "docker://$first/multiarch:1" uname -m
assert_says log aarch64
exits 0 "$M" image copy --dry-run --platform linux/amd64/v3 "docker://$first/multiarch:1" oci:never
exits 2 "$M" image run --platform linux/riscv64 "docker://$first/multiarch:1"
assert_says log "platforms there are: linux/amd64, linux/arm64"
exits 2 "$M" image run --platform linux/amd46 "$first/multiarch:1"
assert_says log 'did you mean'

# Each platform by itself in a second registry, and one index of both.
for arch in amd64 arm64; do
    exits 0 "$M" image copy --platform "linux/$arch" "docker://$first/multiarch:1" "docker://$second/multiarch:1-$arch"
    assert_eq "$arch" "$(skopeo inspect --config --tls-verify=false --override-arch "$arch" "docker://$second/multiarch:1-$arch" | jq -r .architecture)"
done
exits 0 "$M" image merge "docker://$second/multiarch:1" "docker://$second/multiarch:1-amd64" "docker://$second/multiarch:1-arm64"
assert_eq 2 "$(skopeo inspect --raw --tls-verify=false "docker://$second/multiarch:1" | jq '.manifests | length')"

# Nothing to do; all anew; the digest is the same.
digest() { skopeo inspect --raw --tls-verify=false "docker://$first/multiarch:$1" | sha256sum; }
exits 0 "$M" build --platform linux/amd64,linux/arm64 -t "$first/multiarch:2" --push context
assert_says log "nothing to do"
exits 0 "$M" build --no-cache --platform linux/amd64,linux/arm64 -t "$first/multiarch:3" --push context
assert_eq "$(digest 1)" "$(digest 3)"

# The tag of the base moves: that is seen, with and without --pull.
printf 'FROM %s/busybox:1\nRUN echo newer > /newer\n' "$first" >base.Dockerfile
exits 0 "$M" build --platform linux/amd64,linux/arm64 -f base.Dockerfile -o "type=registry,name=$first/busybox:1" context
exits 0 "$M" build --pull --platform linux/amd64,linux/arm64 -t "$first/multiarch:4" --push context
assert_ne "$(digest 1)" "$(digest 4)"
exits 0 "$M" image run "$first/multiarch:4" cat /newer
assert_says log newer

# What is stored, and the end of it.
exits 0 "$M" du
assert_says log blobs
exits 0 "$M" image rm "$first/multiarch:1" "$first/multiarch:2" "$first/multiarch:3" "$first/multiarch:4" "$first/busybox:1"
exits 0 "$M" prune --all --force
exits 0 "$M" image ls
assert_eq "" "$(cat log)"
