#!/usr/bin/env bash
# Where no user namespace is to be had, a plan without commands is executed all the same and makes the same images; commands are refused
# with the cause and the remedy.
. "$(dirname "$0")/../support/e2e.sh"

require_no_namespaces

cat >context/Dockerfile <<'END_OF_FILE'
FROM busybox AS made
COPY --chown=12:34 --chmod=4755 tree /d
ADD owned.tar /unpacked/
COPY --link tree/file /linked

FROM busybox
WORKDIR /w/x
COPY passwd /etc/passwd
COPY --chown=app tree /app/
COPY --from=made /d /unpacked /copied/
COPY --from=made /bin/busybox /linked /bb/
COPY --from=made --parents /./unpacked/first /p/
ADD owned.tar /w/
END_OF_FILE
mkdir -p context/tree/sub
echo content >context/tree/file
ln context/tree/file context/tree/sub/same
ln -s ../file context/tree/sub/link
echo 'app:x:56:78::/:/bin/sh' >context/passwd
mkdir owned
echo owned >owned/first
ln owned/first owned/second
ln -s first owned/third
mkfifo owned/fifo
truncate -s 3M owned/holes
echo tail >>owned/holes
tar -S --owner=77 --group=78 -C owned -cf context/owned.tar first second third fifo holes

build_all() {
    SOURCE_DATE_EPOCH=1700000000 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=$1/oci,tar=false" -o "type=tar,dest=$1/root.tar" \
        -o "type=local,dest=$1/root" context
}
export -f build_all
export busybox
exits 0 build_all with
export MABPLAN_CACHE_DIR=$work/other-store
exits 0 without_namespaces bash -c 'build_all without'
assert_eq "$(image_digest with/oci)" "$(image_digest without/oci)" "the same image"
cmp with/root.tar without/root.tar
listing() { (cd "$1" && find . -mindepth 1 -printf '%P %M %l %s %t\n' | sort); }
assert_eq "$(listing with/root)" "$(listing without/root)" "the same files"
assert_eq owned "$(cat without/root/copied/first)"
exits 0 without_namespaces bash -c 'build_all without'
assert_eq 0 "$(executed)"

# What such a run has stored serves the others, and what they have stored serves such a run.
exits 0 build_all after
assert_eq 0 "$(executed)"
assert_eq "$(image_digest with/oci)" "$(image_digest after/oci)"
export MABPLAN_CACHE_DIR=$work/store
exits 0 without_namespaces bash -c 'build_all again'
assert_eq 0 "$(executed)"
assert_eq "$(image_digest with/oci)" "$(image_digest again/oci)"

printf 'FROM busybox\nCOPY passwd /x\nRUN true\n' >context/Dockerfile
exits 36 without_namespaces "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=refused,tar=false context
assert_says log 'this host does not let mabplan make a user namespace'
assert_says log 'the limit of user namespaces is reached'
assert_says log 'sudo sysctl -w user.max_user_namespaces='
assert_says log 'Dockerfile:3'
[ ! -e refused ] || fail "something was written"
exits 36 without_namespaces "$MABPLAN" doctor
assert_says log 'no   user namespaces: this host does not let mabplan make a user namespace'
assert_says log 'plans without RUN are executed here nevertheless'
