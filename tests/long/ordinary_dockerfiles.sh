#!/usr/bin/env bash
# Ten ordinary Dockerfiles of apt and npm, each built by root and by an ordinary user, in two stores on two kinds of file system, some
# seconds apart, one after the other and two at a time: one digest each. Takes minutes, and packages from registries.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(id -u)" -eq 0 ] || skip "needs both root and an ordinary user"
id mabplan-test >/dev/null 2>&1 || skip "no user mabplan-test; tests/support/make_test_user.sh makes it"
why=$("$support/debian_base.sh" "$MABPLAN_BASES/debian" "$MABPLAN") || skip "$why"

# Root's store in memory, where there is enough of it: names come in another order there, and inodes have other numbers.
plenty=$((12 << 20))
if [ -n "${E2E_PRIVATE_MOUNTS-}" ] || [ "$(awk '/^MemAvailable:/ { print $2 }' /proc/meminfo)" -gt "$plenty" ]; then
    private_mounts "$@"
    mkdir store
    mount -t tmpfs -o mode=755 store store
    mount_points+=("$work/store")
fi

# prepare: in the current folder a project of all Dockerfiles, with the certificates that this machine trusts for its registries.
prepare() {
    local folder name
    mkdir host
    cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" host/ca.crt
    cp -r "$MABPLAN_SOURCE/tests/long/dockerfiles" .
    printf 'version: 1\ntargets:\n' >mabplan.yaml
    for folder in dockerfiles/*/; do
        name=$(basename "$folder")
        printf '  %s:\n    context: %s\n    platforms: [linux/amd64]\n    additional_contexts: {"debian:12": "oci-layout://%s", host: host}\n    output: ["type=oci,dest=out/%s,tar=false,compression=zstd"]\n' \
            "$name" "$folder" "$MABPLAN_BASES/debian:latest" "$name" >>mabplan.yaml
    done
}
# digests FILE: of each target, from the result as JSON.
digests() { jq -r '.targets[] | "\(.name) \(.digest)"' "$1" | sort; }

prepare
exits 0 "$MABPLAN" compile
"$MABPLAN" run -j 1 --json >result.json 2>log || {
    # a registry that is not reached is no fault of ours
    ! grep -qE 'Temporary failure resolving|Failed to fetch|Unable to connect|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED' log || skip "a registry of packages is not reached: $(grep -m1 -E 'resolving|fetch|connect|EAI|ENOT|ETIM|ECONN' log)"
    cat log >&2
    fail "the first build failed"
}
digests result.json >first
assert_eq 10 "$(wc -l <first)" "Dockerfiles that were built"

# The same as a user, in a folder of his, with other inode numbers. What he made is left where root finds it.
shared=$(mktemp -d /tmp/mabplan-long.XXXXXX)
chmod 777 "$shared"
script=$MABPLAN_BUILD/as_user.$$.sh
remove_all() {
    local status=$?
    rm -rf "$script" "$shared"
    (exit "$status")
    remove_work
}
trap remove_all EXIT
{
    echo '. "$MABPLAN_SOURCE/tests/support/e2e.sh"'
    declare -f prepare digests
    echo "shared=$shared"
    cat <<'END'
mkdir store
for i in $(seq 500); do : >"store/$i"; done
for i in $(seq 1 2 500); do rm "store/$i"; done
prepare
exits 0 "$MABPLAN" compile
"$MABPLAN" run -j 2 --json >result.json 2>log || { cat log >&2; fail "the user's build failed"; }
digests result.json >"$shared/digests"
cp -r out "$shared/out"
END
} >"$script"
chmod -R a+rX "$work"
"$support/as_test_user.sh" "$script" >user.log 2>&1 || { cat user.log >&2; fail "the user's build failed"; }

if ! diff first "$shared/digests" >differences; then
    cat differences
    for name in $(sed -nE 's/^< ([^ ]+) .*/\1/p' differences); do
        echo "$name:"
        python3 "$support/image_difference.py" "out/$name" "$shared/out/$name" || true
    done
    fail "two builds differ"
fi
echo "10 Dockerfiles, one digest each"
