#!/usr/bin/env bash
# Debian's reprotest builds one image twice and varies what must not matter: build path, home, locale, time, time zone, umask, order of
# directories, number of processors, address layout, PATH and environment. diffoscope says what differs, if anything.
#
# Three of its variations are left out, for they are no part of a build's surroundings that could matter here, or cannot be had:
# kernel (a personality that hides the kernel's version: user namespaces go by it), domain_host and user_group (namespaces and sudo of
# its own around the build).
. "$(dirname "$0")/../support/e2e.sh"

for program in reprotest diffoscope faketime; do command -v $program >/dev/null || skip "$program is not installed; tools/setup --long"; done

mkdir project
cat >project/Dockerfile <<'END'
FROM busybox AS build
WORKDIR /src
COPY . .
RUN for i in 3 1 2; do echo "$i" >file$i; done; mkdir -p /out/d && cp file* /out/d/ && ln /out/d/file1 /out/link && ln -s d/file2 /out/sym && date +%s%N >/var/log/dpkg.log 2>/dev/null || true
FROM busybox
COPY --from=build /out /out
RUN chmod 4711 /out/d/file3 && chown 33:33 /out/d/file2
END
for i in $(seq 40); do echo "$i" >"project/source$i"; done
cat >project/build.sh <<'END'
set -e
# A store of its own for each build, out of the way of the source; umask of the build stays as it is varied.
export MABPLAN_CACHE_DIR=$(mktemp -d "$REPROTEST_STORES/store.XXXXXX")
"$MABPLAN_PROGRAM" build --build-context "busybox=$REPROTEST_BASE" --platform linux/amd64,linux/arm64 -o type=oci,dest=image.tar .
END

variations=-kernel,-domain_host,-user_group
command -v disorderfs >/dev/null && [ -e /dev/fuse ] || variations+=,-fileordering
unset MABPLAN_CACHE_DIR
reprotest --vary="$variations" -s project 'sh build.sh' image.tar >reprotest.log 2>&1 || { tail -n 60 reprotest.log >&2; fail "two builds differ"; }
assert_says reprotest.log 'Reproduction successful'
