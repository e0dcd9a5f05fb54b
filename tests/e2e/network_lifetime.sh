#!/usr/bin/env bash
# What connects the network of commands is started when one needs it, once for all that run one after the other, and ends with mabplan,
# however that ends.
. "$(dirname "$0")/../support/e2e.sh"
require_own_network

# A slirp4netns that notes each start, and its process, before it becomes the real one.
real=$(command -v slirp4netns)
mkdir front
printf '#!/bin/sh\necho started >>"%s/starts"\nexec "%s" "$@"\n' "$work" "$real" >front/slirp4netns
chmod 755 front/slirp4netns
path_without slirp4netns pasta
PATH=$work/front:$PATH
starts() { cat "$work/starts" 2>/dev/null | wc -l; }
# The processes of this test's own: their command line names no file of ours, but their parent is the watcher below mabplan.
serving() { pgrep -x mabplan-network -P "$1" || true; }
gone() {
    local tries=100
    while kill -0 "$1" 2>/dev/null && [ "$(sed -E 's/.*\) (.).*/\1/' "/proc/$1/stat" 2>/dev/null)" != Z ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || return 1
        sleep 0.05
    done
}

dockerfile <<'END'
FROM busybox
RUN echo 1
RUN --network=none echo 2
RUN echo 3
RUN echo 4
END
build one --platform linux/amd64 -j 1
assert_eq 1 "$(starts)" "starts for three commands one after the other"
build one --platform linux/amd64 -j 1
assert_eq 1 "$(starts)" "starts after a build with nothing to do"
printf 'FROM busybox\nCOPY Dockerfile /\nRUN --network=none echo 1\nRUN --network=host echo 2\n' >context/Dockerfile
build two --platform linux/amd64
assert_eq 1 "$(starts)" "starts after a build that needs none"

# interrupted, and killed
printf 'FROM busybox\nRUN echo started && sleep 600\n' >context/Dockerfile
for signal in INT KILL; do
    setsid "$MABPLAN" build --no-cache --build-context "busybox=$busybox" -o type=cacheonly --progress plain context >running.log 2>&1 &
    pid=$!
    tries=400
    until grep -q '^.*started$' running.log && [ -n "$(serving "$pid")" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || { cat running.log >&2; kill -9 "$pid"; fail "the step did not start"; }
        sleep 0.05
    done
    watcher=$(serving "$pid")
    program=$(pgrep -P "$watcher")
    kill -"$signal" "$pid"
    wait "$pid" 2>/dev/null || true
    gone "$watcher" && gone "$program" || fail "after SIG$signal what connected the network still runs"
done

# one that does not work: the host's network, said once where commands run side by side
printf '#!/bin/sh\necho "no tunnel today" >&2\nexit 1\n' >front/slirp4netns
printf 'FROM busybox AS a\nRUN ls /sys/class/net >/a; true\nFROM busybox\nRUN ls /sys/class/net >/b\nRUN ls /sys/class/net\nCOPY --from=a /a /a\n' >context/Dockerfile
build fallen --platform linux/amd64 --no-cache -j 2
assert_eq 1 "$(grep -c "share the host's network" log)"
assert_says log "no tunnel today"
unpack fallen amd64 fallen.image
assert_eq "$(ls /sys/class/net | xargs)" "$(xargs <fallen.image/rootfs/b)"
build fallen --platform linux/amd64 --no-cache -j 1
assert_silent_about log "share the host's network"
printf 'FROM busybox AS a\nRUN true\nFROM busybox\nCOPY --from=a /bin/busybox /a\nRUN true\nRUN ls\n' >context/Dockerfile  # one after the other
build fallen --platform linux/amd64 --no-cache -j 2
assert_silent_about log "share the host's network"
exits 0 "$MABPLAN" doctor
assert_says log "no   network of commands"
rm front/slirp4netns
exits 0 "$MABPLAN" doctor
assert_says log "neither slirp4netns nor pasta is installed"
assert_says log "apt-get install slirp4netns"
