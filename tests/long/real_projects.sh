#!/usr/bin/env bash
# Real projects, built by root and by an ordinary user: servers that are started while the image is built, on two
# platforms at once on one port, wheels and modules that are compiled, with the network that a step has. Takes minutes, and packages from registries.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(id -u)" -eq 0 ] || skip "needs both root and an ordinary user"
id mabplan-test >/dev/null 2>&1 || skip "no user mabplan-test; tests/support/make_test_user.sh makes it"
why=$("$support/debian_base.sh" "$MABPLAN_BASES/debian-two" "$MABPLAN" amd64 arm64) || skip "$why"

projects=(nginx node postgres python redis systemd)

# prepare: in the current folder one target for each project, with the certificates that this machine trusts for its registries.
prepare() {
    local name platforms
    mkdir host
    cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" host/ca.crt
    cp -r "$MABPLAN_SOURCE/tests/long/projects" .
    printf 'version: 1\ntargets:\n' >mabplan.yaml
    for name in "${projects[@]}"; do
        platforms=linux/amd64
        [ "$name" != postgres ] || platforms=linux/amd64,linux/arm64
        printf '  %s:\n    context: projects/%s\n    platforms: [%s]\n    additional_contexts: {"debian:12": "oci-layout://%s", host: host}\n    output: ["type=oci,dest=out/%s,tar=false"]\n' \
            "$name" "$name" "$platforms" "$MABPLAN_BASES/debian-two:latest" "$name" >>mabplan.yaml
    done
}

# build_all: two jobs, so that servers run side by side; then what the images do.
build_all() {
    exits 0 "$MABPLAN" compile
    "$MABPLAN" run -j 2 >log 2>&1 || {
        # a registry that is not reached is no fault of ours
        ! grep -qE 'Temporary failure resolving|Failed to fetch|Unable to connect|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED' log ||
            skip "a registry of packages is not reached: $(grep -m1 -E 'resolving|fetch|connect|EAI|ENOT|ETIM|ECONN' log)"
        cat log >&2
        fail "the projects do not build as $(id -un)"
    }
    exits 0 "$MABPLAN" image run out/nginx nginx -t
    exits 0 "$MABPLAN" image run out/node node server.js --once
    exits 0 "$MABPLAN" image run out/python
    exits 0 "$MABPLAN" image run out/redis redis-server --version
    exits 0 "$MABPLAN" image run out/systemd /lib/systemd/systemd --version
    assert_eq 2 "$(jq '.manifests | length' <(raw_image out/postgres))" "platforms of postgres"
}

prepare
build_all

script=$MABPLAN_BUILD/as_user.$$.sh
remove_all() {
    local status=$?
    rm -f "$script"
    (exit "$status")
    remove_work
}
trap remove_all EXIT
{
    echo '. "$MABPLAN_SOURCE/tests/support/e2e.sh"'
    declare -p projects
    declare -f prepare build_all
    printf 'prepare\nbuild_all\n'
} >"$script"
"$support/as_test_user.sh" "$script" >user.log 2>&1 || { cat user.log >&2; fail "as a user"; }
echo "${#projects[@]} projects, as root and as a user"
