#!/usr/bin/env bash
# A layer is packed for the output while commands behind it still run; one that no output has is not packed.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox AS other
COPY other /other
FROM busybox
COPY large /large
COPY --from=other /other /small
RUN --mount=type=cache,target=/kept touch /kept/waits; while [ ! -e /kept/go ]; do sleep 0.1; done
END
head -c 3000000 /dev/urandom | base64 >context/large
head -c 3000000 /dev/urandom | base64 >context/other

gzip_blobs() { for blob in store/blobs/sha256/*; do [ "$(head -c 2 "$blob" | od -An -tx1)" != ' 1f 8b' ] || echo "$blob"; done; }
count() { gzip_blobs | wc -l; }
wait_for() { # COMMAND…
    local left=600
    until "$@"; do
        ((left-- > 0)) || fail "it did not come to: $*"
        sleep 0.1
    done
}
waits() { compgen -G 'store/cache-mounts/*/*/fs/waits' >/dev/null; }

"$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=first,tar=false context >log 2>&1 &
pid=$!
servers+=("$pid")
wait_for waits
bases=$(find "$MABPLAN_BASES/busybox/blobs" -type f | wc -l)
two_more() { [ "$(count)" -ge 2 ]; }
wait_for two_more
sleep 0.5
packed=$(count)
touch "$(dirname store/cache-mounts/*/*/fs/waits)/go"
wait "$pid" || { cat log >&2; fail "the build failed"; }
# the two copies, and not the stage that one of them is from
[ "$packed" -le 3 ] || fail "$packed blobs are packed, of $bases in the base"
for blob in $(gzip_blobs); do [ -e "first/blobs/sha256/${blob##*/}" ] || fail "$blob is in no output"; done
