#!/usr/bin/env bash
# Logs of package managers and caches that are made anew do not enter a layer: two builds agree, what lower layers have stays, and -v
# says what was left out, also when all is cached.
. "$(dirname "$0")/../support/e2e.sh"

mkdir -p context/base/var/log/apt context/base/var/cache/ldconfig
for file in var/log/dpkg.log var/log/alternatives.log var/log/apt/term.log var/cache/ldconfig/aux-cache; do echo below >"context/base/$file"; done
dockerfile <<'END'
FROM busybox AS other
COPY base /
# A value that no other build has, in logs that are appended to, written anew, linked and removed.
RUN cp /proc/sys/kernel/random/uuid /uuid; \
    for log in dpkg.log apt/term.log apt/history.log bootstrap.log dnf.log mine.log; do cat /uuid >>/var/log/$log; done; \
    mkdir -p /root/.npm/_logs /var/cache/apt; cp /uuid /root/.npm/_logs/2026-11-29T10_09_03_123Z-debug-0.log; cp /uuid /var/cache/apt/pkgcache.bin; \
    rm /var/cache/ldconfig/aux-cache; cp /uuid /var/cache/ldconfig/aux-cache; rm /var/log/alternatives.log; \
    ln -s /dev/null /var/log/apk.log; echo mine >/var/log/mine.log; rm /uuid
# Nothing is left of a step that made noise only.
RUN cat /proc/sys/kernel/random/uuid >/var/log/dpkg.log
END
build first --platform linux/amd64,linux/arm64 -v
assert_says log 'noise left out of the layer: /var/log/dpkg.log (log of dpkg)'
assert_says log 'noise left out of the layer: /root/.npm/_logs/2026-11-29T10_09_03_123Z-debug-0.log (log of npm)'
assert_says log "noise left out of the layer: /var/cache/ldconfig/aux-cache (ldconfig's aux-cache)"
assert_silent_about log mine.log\ \(

unpack first amd64 out
root=out/rootfs
assert_eq below "$(cat $root/var/log/dpkg.log)" "a log of the layer below"
assert_eq below "$(cat $root/var/log/apt/term.log)" "a log of the layer below"
assert_eq below "$(cat $root/var/cache/ldconfig/aux-cache)" "a cache of the layer below"
assert_eq mine "$(cat $root/var/log/mine.log)" "a log that is none of the table"
for gone in var/log/apt/history.log var/log/bootstrap.log var/log/dnf.log var/cache/apt/pkgcache.bin root/.npm/_logs/2026-11-29T10_09_03_123Z-debug-0.log var/log/alternatives.log; do
    [ ! -e "$root/$gone" ] || fail "$gone is in the image"
done
[ -d $root/root/.npm/_logs ] || fail "the folder of npm's logs is not in the image"
assert_eq /dev/null "$(readlink $root/var/log/apk.log)" "a symlink in the place of a log"

build again --platform linux/amd64,linux/arm64
assert_silent_about log 'noise left out'
build again --platform linux/amd64,linux/arm64 -v
assert_eq 0 "$(executed)" "all is cached"
assert_says log 'noise left out of the layer: /var/log/dpkg.log (log of dpkg)'

MABPLAN_CACHE_DIR=$work/store2 build second --platform linux/amd64,linux/arm64
assert_eq "$(image_digest first)" "$(image_digest second)" "two builds in two stores"

# As docker does it, the noise is there.
build off --platform linux/amd64 --reproducible=off -v
assert_silent_about log 'noise left out'
unpack off amd64 off.out
assert_ne below "$(cat off.out/rootfs/var/log/dpkg.log)" "a log where noise is kept"
[ -e off.out/rootfs/var/log/apt/history.log ] || fail "noise is gone though it is to be kept"

# A hard link to a log is the user's file.
dockerfile <<'END'
FROM busybox
RUN mkdir -p /var/log && echo content >/var/log/dpkg.log && ln /var/log/dpkg.log /keep
# a folder that was made anew hides what lower layers had in it, also when only noise is in it
COPY base /
RUN rm -r /var/log/apt && mkdir /var/log/apt && echo x >/var/log/apt/history.log
END
build links --platform linux/amd64
unpack links amd64 links.out
assert_eq content "$(cat links.out/rootfs/keep)" "a hard link to a log"
assert_eq below "$(cat links.out/rootfs/var/log/dpkg.log)"
assert_eq "" "$(ls links.out/rootfs/var/log/apt)" "what is in the folder"
