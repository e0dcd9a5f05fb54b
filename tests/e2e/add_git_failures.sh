#!/usr/bin/env bash
# What goes wrong with a repository is told with its place, and no repository gets at the host: no hook, filter or local repository.
. "$(dirname "$0")/../support/e2e.sh"

start_file_server
mkdir project
echo one >project/file.txt
commit_all project first
git clone -q --bare project served/project.git
url=http://$server/git/project.git
layers() { skopeo inspect "oci:$1" | jq -c .Layers; }
refused() {
    local code=$1 text=$2
    shift 2
    printf 'FROM busybox\nADD %s /\n' "$*" >context/Dockerfile
    exits "$code" "$MABPLAN" build --build-context "busybox=$busybox" context
    assert_says log "$text"
    assert_says log "Dockerfile:2"
}
refused 4 "has no branch, tag or commit \"nothing\"" "$url#nothing"
refused 4 "has no directory \"nothing\"" "$url#main:nothing"
refused 4 "git ended with 128" "http://$server/git/none.git"
assert_says log "fatal: "
refused 4 "has no commit" "$url#$(printf %040d 7)"
assert_says log "$(printf %040d 7)"
refused 5 "is not at the commit that is asked for" "--checksum=$(printf %040d 7)" "$url#main"
refused 2 "is no name of a branch" "$url#--upload-pack=touch"
refused 2 "is no name of a branch" "$url#a..b"
refused 2 "is no commit" "--checksum=main" "$url"

# A submodule that is a repository of this host.
mkdir secret
echo secret >secret/file
commit_all secret first
git -C project submodule --quiet add "file://$work/secret" secret
commit_all project second
git clone -q --bare project served/second.git
refused 4 "transport 'file' not allowed" "http://$server/git/second.git"

# What git says is in a report for machines, too, and also where git says it on its standard output.
for format in json sarif github; do
    exits 4 "$MABPLAN" check --format "$format" "http://$server/git/none.git"
    assert_says log "fatal: "
done
mkdir talking
printf '#!/bin/sh\necho "the hamster is asleep"\nexit 3\n' >talking/git
chmod 755 talking/git
PATH=$work/talking:$PATH exits 4 "$MABPLAN" build "http://$server/git/none.git"
assert_says log "git ended with 3"
assert_says log "the hamster is asleep"

# Hooks and settings of the user's do not count.
mkdir hooks
printf '#!/bin/sh\ntouch %s/hooked\n' "$work" | tee hooks/post-checkout >hooks/reference-transaction
chmod 755 hooks/*
printf '[core]\n\thooksPath = %s/hooks\n[url "http://localhost:1/"]\n\tinsteadOf = http://%s/\n' "$work" "$server" >home/.gitconfig
printf 'FROM busybox\nADD %s /got/\n' "$url" >context/Dockerfile
build out
[ ! -e hooked ] || fail "a hook of the user's ran"

# A server of plain files, which can't give less than everything.
git -C served/project.git update-server-info
printf 'FROM busybox\nADD http://%s/project.git /got/\n' "$server" >context/Dockerfile
MABPLAN_CACHE_DIR=$work/other-store build dumb
assert_eq "$(layers out)" "$(layers dumb)"

# Over ssh, with a stand-in for its program that runs the server's side here.
mkdir bin
cat >bin/ssh <<'END'
#!/bin/sh
echo "$@" >>"${0%/*}/ssh.log"
for last; do :; done
eval "exec $last"
END
chmod 755 bin/ssh
printf 'FROM busybox\nADD git@server.example:%s/served/project.git#main /got/\n' "$work" >context/Dockerfile
PATH=$work/bin:$PATH MABPLAN_CACHE_DIR=$work/third-store build ssh
assert_eq "$(layers out)" "$(layers ssh)"
assert_says bin/ssh.log "BatchMode=yes"

# Without the program: which package it is.
mkdir empty
for program in newuidmap newgidmap; do
    path=$(command -v "$program" || true)
    [ -z "$path" ] || ln -s "$path" empty/
done
printf 'FROM scratch\nADD http://%s/git/second.git /\n' "$server" >context/Dockerfile
PATH=$work/empty exits 36 "$MABPLAN" build context
assert_says log "install the package git"
