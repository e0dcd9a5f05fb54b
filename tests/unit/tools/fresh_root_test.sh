#!/usr/bin/env bash
# tools/fresh-root: what a command sees in it, how it ends, and that nothing of it stays outside.
#
# FRESH_ROOT is the folder of a root that is there already, with nothing installed yet; without it, one is made, which takes a minute.
set -euo pipefail

repository=$(realpath "$(dirname "$0")/../../..")
work=$(mktemp -d)
trap 'rm -rf --one-file-system "$work"' EXIT
fail() { echo "FAILED: $*" >&2; exit 1; }
skip() { echo "skipped: $*"; exit 77; }

dir=${FRESH_ROOT-}
if [ -z "$dir" ]; then
    [ "$(id -u)" -eq 0 ] || skip "only root can make a root"
    command -v mmdebstrap >/dev/null || skip "mmdebstrap is not installed"
    dir=$work/fresh
    "$repository/tools/fresh-root" "$dir" true >"$work/making" 2>&1 || skip "no root could be made: $(tail -n 1 "$work/making")"
fi
cd "$work"
# Not those of other tests, which run at the same time and make some in folders of their own.
mounts() { cut -d' ' -f3- /proc/self/mountinfo | grep -vE ' /tmp/mabplan-(cases|bench|e2e|stage|stale)\.' ; }
mounts >mounts_before

in_root() { "$repository/tools/fresh-root" "$dir" "$@"; }
# holds TEXT SHELL-WORDS: the words are true in the root.
holds() { in_root sh -c "$2" >said 2>&1 || fail "$1: $(cat said)"; }
# ends WANTED COMMAND…
ends() {
    local wanted=$1 status=0
    shift
    in_root "$@" >said 2>&1 || status=$?
    [ "$status" -eq "$wanted" ] || fail "expected exit $wanted, got $status: $*: $(cat said)"
}

# A command ends as it would outside, and has its words, its input and both outputs to itself.
ends 0 true
ends 7 sh -c 'exit 7'
ends 137 sh -c 'kill -KILL $$'
ends 143 sh -c 'kill -TERM $$'
ends 127 no-such-command
echo given | in_root sh -c 'cat; echo complaint >&2; printf "<%s>" "$@"' sh 'a b' '' '*' '$HOME' >out 2>err
[ "$(cat out)" = 'given
<a b><><*><$HOME>' ] || fail "standard output: $(cat out)"
[ "$(cat err)" = complaint ] || fail "standard error: $(cat err)"

# It sees a fresh machine and the repository, and nothing else of the host.
touch on_the_host
holds "the host is in sight" "[ ! -e '$work/on_the_host' ] && [ ! -e /.outside ]"
holds "more than the smallest system" '! command -v g++ && ! command -v cmake && ! command -v python3'
holds "the smallest system" 'command -v git && command -v apt-get && ls /etc/ssl/certs/ca-certificates.crt'
holds "the repository" "[ -w '$repository' ] && cmp '$repository/tools/fresh-root' tools/fresh-root"
shared=$(dirname "$repository")/shared
[ ! -d "$shared" ] || holds "shared" "[ -d '$shared' ] && ! touch '$shared/written'"
OF_THE_HOST=1 holds "the environment of the host" '[ -z "$OF_THE_HOST" ] && [ "$HOME" = /root ]'
https_proxy=http://proxy.example holds "a proxy" '[ "$https_proxy" = http://proxy.example ]'

# What it writes is in the root, until that is removed.
holds "writing" 'echo here >/etc/fresh-root-test'
[ ! -e /etc/fresh-root-test ] && [ -e "$dir/root/etc/fresh-root-test" ] || fail "a file went elsewhere"
holds "the root is kept" 'rm /etc/fresh-root-test'

# What the sandbox is made of.
holds "user namespaces" 'unshare --user --map-root-user true'
holds "/proc in a user namespace" 'unshare --user --map-root-user --mount --pid --fork --mount-proc true'
holds "overlayfs in a user namespace" 'cd "$(mktemp -d)" && mkdir lower upper work both && : >lower/file &&
    unshare --user --map-root-user --mount sh -c "mount -t overlay -o lowerdir=lower,upperdir=upper,workdir=work,userxattr overlay both && ls both/file"'
for device in fuse net/tun null zero full random urandom tty ptmx; do
    holds "/dev/$device" "[ -c /dev/$device ] && [ -r /dev/$device ] && [ -w /dev/$device ]"
done
holds "devices of the host" '! ls /dev | grep -E "^(sd|vd|loop|mem$|kvm$)"'
holds "terminals" '[ "$(ls /dev/pts)" = ptmx ]'
holds "/sys" '[ -d /sys/kernel ] && [ -d /sys/fs/cgroup ]'
holds "shared memory" ': >/dev/shm/file && [ "$(ls /dev/shm)" = file ]'

# Nothing that it started outlives it: neither what it left behind, nor when it is told to end. The name of a program tells them.
name=fresh-$$
cp "$(command -v sleep)" "$dir/root/$name"
running() { grep -qsx "$name" /proc/[0-9]*/comm; }
ends 5 sh -c "/$name 600 & setsid /$name 600 & exit 5"
! running || fail "a process was left behind"
"$repository/tools/fresh-root" "$dir" "/$name" 600 &
outside=$!
for ((tries = 100; tries > 0; tries--)); do running && break; sleep 0.1; done
running || fail "the command did not start"
kill -TERM "$outside"
status=0
wait "$outside" || status=$?
[ "$status" -ne 0 ] || fail "it ended well, though it was told to end"
for ((tries = 100; tries > 0; tries--)); do running || break; sleep 0.1; done
! running || fail "a process outlived the end of fresh-root"
rm "$dir/root/$name"

mounts | diff mounts_before - || fail "a mount stays on the host"
