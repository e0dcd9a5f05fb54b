#!/usr/bin/env bash
# --ssh ID=KEYFILE: an agent with these keys for as long as the build takes, which a step can sign with and can't change.
. "$(dirname "$0")/../support/e2e.sh"

command -v ssh-keygen >/dev/null || skip "ssh-keygen is not installed"
build_ask_agent
ssh-keygen -q -t ed25519 -N '' -f one
ssh-keygen -q -t rsa -b 2048 -m PEM -N '' -f two
ssh-keygen -q -t ed25519 -N secret -f locked
blob_of() { cut -d' ' -f2 "$1.pub" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }
blob=$(blob_of one)
sign=$(printf '%08x%s00000004deadbeef00000000' $((${#blob} / 2)) "$blob")
cat >context/Dockerfile <<END
FROM busybox
COPY ask_agent /bin/ask
RUN --mount=type=ssh ask \$SSH_AUTH_SOCK 11 >/listed
RUN --mount=type=ssh ask \$SSH_AUTH_SOCK 19 >/removed; ask \$SSH_AUTH_SOCK 11 >>/removed
RUN --mount=type=ssh,id=deploy ask /run/buildkit/ssh_agent.0 13 $sign >/signed
END
# The agents of this test: those that work in its store.
agents_here() {
    local process
    for process in $(pgrep -x ssh-agent); do
        readlink "/proc/$process/cwd" 2>/dev/null | grep -F "$work" || true
    done
}
chmod 644 one
build out --ssh default=one,two --ssh deploy=one
unpack out amd64 image
listed=$(cat image/rootfs/listed)
assert_eq "12 00000002" "${listed:0:11}" "two keys are listed"
for key in one two; do [[ $listed == *$(blob_of "$key")* ]] || fail "the key $key is not listed"; done
assert_eq "5 
$listed" "$(cat image/rootfs/removed)" "the agent refuses to forget its keys"
assert_eq "14 " "$(head -c 3 image/rootfs/signed)" "the agent signs"
assert_eq "" "$(agents_here)"
[ -z "$(find store tmp -name 'keys-*')" ] || fail "folders of agents are left"
! grep -raqF "$(sed -n 2p one)" store out log || fail "a key is written"

# In mabplan.yaml as well, relative to it.
compile_plan
printf '    ssh: ["deploy=one", "default=one,two"]\n' >>mabplan.yaml
exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run --no-cache

# Interrupted, or killed: no agent stays.
printf 'FROM busybox\nRUN --mount=type=ssh echo begun; sleep 100\n' >context/Dockerfile
for signal in TERM KILL; do
    "$MABPLAN" build --build-context "busybox=$busybox" --ssh default=one context >log 2>&1 &
    build=$!
    for _ in $(seq 200); do grep -q '^.*begun$' log && break || sleep 0.05; done
    [ -n "$(agents_here)" ] || fail "no agent runs"
    kill -$signal "$build"
    wait "$build" || true
    for _ in $(seq 100); do [ -z "$(agents_here)" ] && break || sleep 0.05; done
    assert_eq "" "$(agents_here)" "after SIG$signal"
done

# What can't be served is refused before anything runs.
refused() {
    exits 2 "$MABPLAN" build --no-cache --build-context "busybox=$busybox" --ssh "$1" context
    assert_says log "$2"
}
refused default=locked "needs a passphrase"
assert_says log ssh-add
refused default=one.pub "is not a private key"
refused default=nothing "there is no socket or key file"
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("some.sock")'
refused default=one,some.sock "is a socket: nothing can be given beside it"
