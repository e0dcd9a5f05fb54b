#!/usr/bin/env bash
# RUN --mount=type=cache: kept between builds, apart for each platform and id, filled at first from `from`, with owner and mode; no part of
# the layer, nor of the key; listed, measured and pruned.
. "$(dirname "$0")/../support/e2e.sh"

write() {
    dockerfile <<END
FROM busybox AS seed
RUN mkdir -p /s/sub && echo seed >/s/sub/file && chown 5:6 /s/sub/file
FROM busybox
RUN --mount=type=cache,target=/cache echo $1 >>/cache/log && cp /cache/log /seen
RUN --mount=type=cache,id=/cache,target=/elsewhere cp /elsewhere/log /same
RUN --mount=type=cache,target=/seeded,from=seed,source=/s stat -c %u:%g /seeded/sub/file >/owner && cat /seeded/sub/file >>/owner && echo $1 >>/seeded/sub/file
RUN --mount=type=cache,target=/owned,uid=1000,gid=1001,mode=0700 stat -c '%u:%g %a' /owned >/owned-as
RUN --mount=type=cache,target=/plain stat -c '%u:%g %a' /plain >/plain-as
RUN --mount=type=cache,target=/cache,readonly ! echo x >/cache/x 2>/dev/null
USER 1000:1001
RUN --mount=type=cache,target=/owned,uid=1000,gid=1001,mode=0700 touch /owned/mine
END
}
write first
build out --platform linux/amd64,linux/arm64
unpack out amd64 amd64
unpack out arm64 arm64
for root in amd64/rootfs arm64/rootfs; do
    assert_eq first "$(cat $root/seen)" "each platform has a cache of its own"
    assert_eq first "$(cat $root/same)"
    assert_eq "5:6 seed" "$(xargs <$root/owner)"
    assert_eq "1000:1001 700" "$(cat $root/owned-as)"
    assert_eq "0:0 755" "$(cat $root/plain-as)"
    for gone in cache elsewhere seeded owned plain; do [ ! -e $root/$gone ] || fail "/$gone is in the image"; done
done
build out --platform linux/amd64,linux/arm64
assert_eq 0 "$(executed)"

# a changed command finds what the first one left
write second
build out --platform linux/amd64
unpack out amd64 again
assert_eq "first second" "$(xargs <again/rootfs/seen)"
assert_eq "5:6 seed first" "$(xargs <again/rootfs/owner)"

"$MABPLAN" cache ls | tr -s ' ' >listed
assert_says listed "linux/amd64 /cache"
assert_says listed "linux/arm64 /cache"
"$MABPLAN" cache ls --json | python3 -c 'import json, sys; caches = json.load(sys.stdin)["cache_mounts"]; assert len(caches) == 8, caches; assert all(c["bytes"] > 0 for c in caches)'
"$MABPLAN" cache du --json | python3 -c 'import json, sys; assert json.load(sys.stdin)["cache_mounts"] > 0'
exits 0 "$MABPLAN" cache prune --all --force
"$MABPLAN" cache ls >listed
assert_eq "" "$(cat listed)"
write third
build out --platform linux/amd64
unpack out amd64 pruned
assert_eq third "$(cat pruned/rootfs/seen)"

# BUILDKIT_CACHE_MOUNT_NS sets caches apart
build out --platform linux/amd64 --build-arg BUILDKIT_CACHE_MOUNT_NS=team
unpack out amd64 team
assert_eq third "$(cat team/rootfs/seen)"
