#!/usr/bin/env bash
# What is in a cache may have been made from something that nobody sees again: what a failed command wrote, what was written to a mount.
. "$(dirname "$0")/../support/e2e.sh"

# out FILE: the file /out of the image that context/Dockerfile becomes.
out() {
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=local,dest=rootfs context
    cat rootfs/out
}
use_cache='if [ ! -e /c/o ] || [ /h -nt /c/o ]; then cp /h /c/o; fi; cp /c/o /out'

# A command changes a file, compiles it, and fails.
dockerfile <<'END'
FROM busybox
RUN echo 1 > /h
RUN --mount=type=cache,target=/c echo 2 > /h && cp /h /c/o && false
END
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" context
dockerfile <<END
FROM busybox
RUN echo 1 > /h
RUN --mount=type=cache,target=/c $use_cache
END
assert_eq 1 "$(out)" "after a failed command"

# A file is given, then not there, then made.
export MABPLAN_CACHE_DIR=$work/store2
echo given >context/h
printf 'FROM busybox\nCOPY h /h\nRUN --mount=type=cache,target=/c %s\n' "$use_cache" >context/Dockerfile
assert_eq given "$(out)"
printf 'FROM busybox\nRUN --mount=type=cache,target=/c touch /c/another; echo none > /out\n' >context/Dockerfile
assert_eq none "$(out)"
printf 'FROM busybox\nRUN echo made > /h\nRUN --mount=type=cache,target=/c %s\n' "$use_cache" >context/Dockerfile
assert_eq made "$(out)" "a made file where a given one was"

# A command patches its sources in a writable mount; the next one has no patch.
export MABPLAN_CACHE_DIR=$work/store3
echo source >context/h
mount='--mount=type=bind,target=/src,rw --mount=type=cache,target=/c'
compile='if [ ! -e /c/o ] || [ /src/h -nt /c/o ]; then cp /src/h /c/o; fi; cp /c/o /out'
printf 'FROM busybox\nRUN %s echo patched > /src/h; %s\n' "$mount" "$compile" >context/Dockerfile
assert_eq patched "$(out)"
printf 'FROM busybox\nRUN %s %s\n' "$mount" "$compile" >context/Dockerfile
assert_eq source "$(out)" "without the patch"
exits 0 "$MABPLAN" build --no-cache --build-context "busybox=$busybox" context
exits 0 "$MABPLAN" build --no-cache --build-context "busybox=$busybox" context
exits 0 "$MABPLAN" build --no-cache --build-context "busybox=$busybox" context
[ "$(find "$MABPLAN_CACHE_DIR/cache-mounts" -name 'replaced-*' | wc -l)" -le 1 ] || fail "folders of builds without cache pile up"

# A time that a command sets itself, in whole seconds, is not taken for one of a file that is newer for its cache.
export MABPLAN_CACHE_DIR=$work/store4
time_set() {
    printf 'FROM busybox\nCOPY h /h\nRUN --mount=type=cache,target=/c touch /c/o && touch -d "@$(stat -c %%Y /h)" /own && touch /new\n' >context/Dockerfile
    out_own=$work/$1
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=tar,dest=$out_own.tar" context
    tar tvf "$out_own.tar" --full-time own new | awk '{ print $4, $5, $6 }'
}
time_set first >first
echo another >context/h
time_set second >second
assert_eq "$(sed -n '/new/p' first)" "$(sed -n '/new/p' second)"
assert_eq "1980-01-01 00:00:02 own" "$(sed -n '/own/p' second)" "the time of its layer, which is the earlier one"
