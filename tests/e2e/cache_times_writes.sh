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
