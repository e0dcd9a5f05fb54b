#!/usr/bin/env bash
# A cache that is brought into another store, with a fresh clone beside it: nothing is compiled again, and after a change what depends on it.
# What is damaged of its memory counts as not seen.
. "$(dirname "$0")/../support/e2e.sh"

cp "$support/mk" context/mk
mkdir context/src
for name in a b c; do echo ${name}1 >context/src/$name.c; done
dockerfile <<'END'
FROM busybox
COPY . /work
RUN --mount=type=cache,target=/objects sh /work/mk /objects /work/src /out
END
compiled() { grep -c ' | compiling ' log || true; }
build out --platform linux/amd64
assert_eq 3 "$(compiled)"

# A user's store holds files of subordinate users.
in_namespace() { if [ "$(id -u)" -eq 0 ]; then "$@"; else unshare --map-auto --map-root-user "$@"; fi; }
mkdir -p other
in_namespace cp -a store/cache-mounts other/
export MABPLAN_CACHE_DIR=$work/other
sleep 1.1
mv context old-context
mkdir context
cp -r old-context/. context/
build out --platform linux/amd64
assert_ne 0 "$(executed)"
assert_eq 0 "$(compiled)"
echo b2 >context/src/b.c
build out --platform linux/amd64
assert_eq 1 "$(compiled)"
unpack out amd64 image
assert_eq "a1 b2 c1" "$(xargs <image/rootfs/out)"

for damaged in other/cache-mounts/*/0/seen; do in_namespace truncate -s 40 "$damaged"; done
echo c2 >context/src/c.c
build out --platform linux/amd64
assert_eq 3 "$(compiled)"
unpack out amd64 again
assert_eq "a1 b2 c2" "$(xargs <again/rootfs/out)"
echo a2 >context/src/a.c
build out --platform linux/amd64
assert_eq 1 "$(compiled)"

# So does what is damaged of the listings of layers: they are made again.
for damaged in other/snapshots/*/listing; do in_namespace truncate -s 40 "$damaged"; done
echo a3 >context/src/a.c
build out --platform linux/amd64
assert_eq 1 "$(compiled)"
assert_ne "" "$(in_namespace find other/snapshots -name listing -size +500c)"
exits 0 "$MABPLAN" cache prune --all --force
assert_eq "" "$(in_namespace find other -name seen -o -name listing)"
