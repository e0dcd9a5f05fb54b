# Sourced first by every end-to-end test: a folder of its own as the current one, a store of its own, and what tests ask and say.
# Knows the command line of mabplan and the tools that read its results; knows no single behaviour.
#
# From the environment: MABPLAN the binary, MABPLAN_SOURCE the source tree, MABPLAN_BASES where tools/bases put its layouts.
# A test ends with 0 passed, 77 skipped, anything else failed.
set -euo pipefail
: "${MABPLAN:?the mabplan to test}" "${MABPLAN_SOURCE:?the source tree}" "${MABPLAN_BASES:?the folder of the base images}"

support=$MABPLAN_SOURCE/tests/support
outer_tmp=${TMPDIR:-/tmp}
umask 022
work=$(mktemp -d "$outer_tmp/mabplan-e2e.XXXXXX")
servers=() mount_points=()
busybox=oci-layout://$MABPLAN_BASES/busybox:latest

remove_work() {
    local status=$?
    local pid
    for pid in "${servers[@]}"; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    cd /
    [ ${#mount_points[@]} -eq 0 ] || umount "${mount_points[@]}"
    # A store of an ordinary user holds files of subordinate users, which only a namespace with those users can remove.
    rm -rf "$work" 2>/dev/null || unshare --map-auto --map-root-user rm -rf "$work" || true
    return "$status"
}
trap remove_work EXIT
mkdir "$work/home" "$work/tmp" "$work/context"
cd "$work"
unset SOURCE_DATE_EPOCH MABPLAN_PLATFORM
export MABPLAN_CACHE_DIR=$work/store HOME=$work/home TMPDIR=$work/tmp NO_COLOR=1
"$MABPLAN_SOURCE/tools/bases" "$MABPLAN_BASES"

fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

assert_eq() { [ "$1" = "$2" ] || fail "${3:-values differ}: expected '$1', got '$2'"; }
assert_ne() { [ "$1" != "$2" ] || fail "${3:-values are equal}: '$1'"; }
# assert_says FILE TEXT: the file holds the text, literally.
assert_says() { grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is not said in $1"; }; }
assert_silent_about() { ! grep -qF -- "$2" "$1" || { cat "$1" >&2; fail "'$2' is said in $1"; }; }

# exits WANTED COMMAND…: runs it with both outputs in ./log and checks how it ends.
exits() {
    local wanted=$1 status=0
    shift
    "$@" >log 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || { cat log >&2; fail "expected exit $wanted, got $status: $*"; }
}

# dockerfile <<'END' … writes context/Dockerfile.
dockerfile() { cat >context/Dockerfile; }

# build OUT [FLAG]…: builds ./context, whose `FROM busybox` is ours, into the layout folder OUT. Both outputs go to ./log.
build() {
    local out=$1
    shift
    "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=$out,tar=false" "$@" context >log 2>&1 \
        || { cat log >&2; fail "mabplan build ended with $?"; }
}

# The raw index or manifest that a layout holds, as skopeo reads it, and its digest.
raw_image() { skopeo inspect --raw "oci:$1"; }
image_digest() { echo "sha256:$(raw_image "$1" | sha256sum | cut -d' ' -f1)"; }

# unpack LAYOUT ARCH OUT [VARIANT]: one platform's file system, through skopeo and umoci, in OUT/rootfs; its config in OUT.config.
unpack() {
    local layout=$1 arch=$2 out=$3 variant=${4-}
    skopeo copy -q --override-os linux --override-arch "$arch" ${variant:+--override-variant "$variant"} "oci:$layout" "oci:$out.image:one"
    skopeo inspect --config "oci:$out.image:one" >"$out.config"
    local rootless=(--rootless)
    [ "$(id -u)" -ne 0 ] || rootless=()
    umoci unpack "${rootless[@]}" --image "$out.image:one" "$out" >/dev/null
}

# How many actions the run that wrote ./log executed, as its summary says. "nothing to do" is zero.
executed() {
    if grep -qE '^nothing to do(: all [0-9]+ actions are cached|: 1 action is cached)?$' log; then echo 0; else sed -nE 's/^([0-9]+) executed .*/\1/p' log; fi
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

wait_for_port() {
    local tries=200
    until (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "nothing listens on port $1: $(tail -n 5 "$2")"
        sleep 0.05
    done
}

# start_registry [LINE]…: a real registry on a free port of the loopback; its address in $registry. LINEs go below `http:` of its configuration.
start_registry() {
    command -v docker-registry >/dev/null || skip "docker-registry is not installed"
    local port
    port=$(free_port)
    {
        printf 'version: 0.1\nlog: {level: warn}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp:\n  addr: 127.0.0.1:%s\n' "$work/registry" "$port"
        [ $# -eq 0 ] || printf '  %s\n' "$@"
    } >registry.yml
    docker-registry serve registry.yml >registry.log 2>&1 &
    servers+=($!)
    registry=localhost:$port
    wait_for_port "$port" registry.log
}

# private_mounts "$@": from here on the test runs in a mount namespace of its own, so that what it mounts ends with it. Root only.
private_mounts() {
    [ "$(id -u)" -eq 0 ] || fail "private_mounts is for root"
    [ -z "${E2E_PRIVATE_MOUNTS-}" ] || return 0
    remove_work
    trap - EXIT
    E2E_PRIVATE_MOUNTS=1 TMPDIR=$outer_tmp exec unshare --mount --propagation private "$BASH" "$0" "$@"
}

# Whether commands get a network of their own here, as doctor says; without, a test of that has nothing to see.
has_own_network() { "$MABPLAN" doctor --json | jq -e 'any(.checks[]; .name == "network of commands" and .ok)' >/dev/null; }
require_own_network() {
    command -v slirp4netns >/dev/null || skip "slirp4netns is not installed"
    has_own_network || skip "commands can't have a network of their own here: $("$MABPLAN" doctor --json | jq -r '.checks[] | select(.name == "network of commands").detail')"
}

# private_network "$@": from here on the test runs in a network and a mount namespace of its own, where it may serve at any address, and is
# root (a user: of a user namespace with all the ids that are the user's).
private_network() {
    [ -z "${E2E_PRIVATE_NETWORK-}" ] || return 0
    local users=()
    [ "$(id -u)" -eq 0 ] || users=(--map-auto --map-root-user)
    unshare "${users[@]}" --net --mount true 2>/dev/null || skip "a network namespace is not to be had"
    remove_work
    trap - EXIT
    E2E_PRIVATE_NETWORK=1 TMPDIR=$outer_tmp exec unshare "${users[@]}" --net --mount --propagation private "$BASH" "$0" "$@"
}

# outward_interface: in a private network, "out" with 192.0.2.1/24 and the default route, and the loopback up. ipv6_outwards: the same with
# 2001:db8::1/64; where that leads is up to the test.
outward_interface() {
    command -v ip >/dev/null || skip "ip is not installed"
    ip link set lo up
    ip link add out type veth peer name in 2>/dev/null || skip "this kernel has no veth interfaces"
    ip link set in up
    ip link set out up
    ip address add 192.0.2.1/24 dev out
    ip route add default dev out
}
ipv6_outwards() { ip -6 address add 2001:db8::1/64 dev out nodad 2>/dev/null || skip "this kernel has no IPv6"; }

# path_without NAME…: sets PATH so that these programs are not found.
path_without() {
    local folder folders name
    mkdir -p "$work/path"
    IFS=: read -ra folders <<<"$PATH"
    for folder in "${folders[@]}"; do ln -s "$folder"/* "$work/path/" 2>/dev/null || true; done  # the first of a name stays
    for name in "$@"; do rm -f "$work/path/$name"; done
    PATH=$work/path
}

# without_namespaces COMMAND…: as a user without any right, in a namespace whose limit of further ones is used up.
without_namespaces() {
    unshare --user --map-root-user "$BASH" -c 'echo 1 >/proc/sys/user/max_user_namespaces && exec unshare --user --map-user=1234 --map-group=1234 "$@"' bash "$@"
}
# require_no_namespaces: skips where that cannot be had.
require_no_namespaces() {
    without_namespaces true 2>/dev/null || skip "the kernel refuses user namespaces"
    ! without_namespaces unshare --user true 2>/dev/null || fail "a user namespace is to be had"
}

# await_port NAME WHO: until the server WHO has written NAME.port; its log is NAME.log.
await_port() {
    local tries=200
    until [ -s "$1.port" ]; do
        tries=$((tries - 1))
        [ "$tries" -gt 0 ] || fail "$2 did not start: $(cat "$1.log")"
        sleep 0.05
    done
}

# start_layout_registry [--token] [--together N] [--layout DIR]: serves a layout, for reading, as repository `box`; log in registry.log.
start_layout_registry() {
    : >registry.port
    python3 "$support/layout_registry.py" "$@" --default "$MABPLAN_BASES/busybox" >registry.port 2>registry.log &
    servers+=($!)
    await_port registry "the registry"
    registry=localhost:$(cat registry.port)
}

# start_file_server [FLAG]…: serves ./served over http (tests/support/file_server.py says how); its address in $server, log in server.log.
start_file_server() {
    mkdir -p served
    : >server.port
    python3 "$support/file_server.py" "$@" served >server.port 2>server.log &
    servers+=($!)
    await_port server "the file server"
    server=localhost:$(cat server.port)
}
# How often the server was asked for what the pattern says, since its start.
asked_for() { grep -cE -- "$1" server.log || true; }

# git as the tests use it: nothing of the host's settings, the same commits every time.
git() {
    GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=$work/no-gitconfig GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@b \
        GIT_AUTHOR_DATE='1234567890 +0000' GIT_COMMITTER_DATE='1234567890 +0000' command git -c protocol.file.allow=always "$@"
}
# build_ask_agent: context/ask_agent, a client of an ssh agent that runs in any image.
build_ask_agent() { cc -static -o context/ask_agent "$support/ask_agent.c" 2>cc.log || skip "no static C library: $(tail -n 1 cc.log)"; }

# commit_all FOLDER MESSAGE: all files of the folder as a commit of its repository, made if need be.
commit_all() {
    [ -d "$1/.git" ] || git -C "$1" -c init.defaultBranch=main init -q
    git -C "$1" add -A
    git -C "$1" commit -q --allow-empty -m "$2"
}

# compile_plan: a matrix file for ./context in the current folder, with `FROM busybox` as ours, and its plan beside it.
compile_plan() {
    cat >mabplan.yaml <<END
version: 1
targets:
  it:
    context: context
    platforms: [linux/amd64]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist,tar=false"]
END
    exits 0 "$MABPLAN" compile
}
