# Builds projects by root and by an ordinary user, on bases made of Debian packages; for the long tests that source it:
#
#   projects=(NAME…)       folders of tests/long/projects
#   platforms[NAME]=LIST   where it is not linux/amd64 alone
#   arguments=(K=V…)       build arguments of them all
#   use()                  what the images in out/NAME are to do
#   both_users             does it all, in a folder of each user's
. "$(dirname "${BASH_SOURCE[0]}")/../support/e2e.sh"

declare -A platforms=()
arguments=()

# prepare: in the current folder one target for each project, with the certificates that this machine trusts for its registries.
prepare() {
    local name argument
    mkdir host
    cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" host/ca.crt
    cp -r "$MABPLAN_SOURCE/tests/long/projects" .
    printf 'version: 1\ntargets:\n' >mabplan.yaml
    for name in "${projects[@]}"; do
        printf '  %s:\n    context: projects/%s\n    platforms: [%s]\n    additional_contexts: {"debian:12": "oci-layout://%s", host: host}\n    output: ["type=oci,dest=out/%s,tar=false"]\n' \
            "$name" "$name" "${platforms[$name]:-linux/amd64}" "$MABPLAN_BASES/debian-two:latest" "$name" >>mabplan.yaml
        [ ${#arguments[@]} -eq 0 ] || printf '    args:\n' >>mabplan.yaml
        for argument in "${arguments[@]}"; do printf '      %s: "%s"\n' "${argument%%=*}" "${argument#*=}" >>mabplan.yaml; done
    done
}

# build_all: two jobs, so that servers run side by side.
build_all() {
    exits 0 "$MABPLAN" compile
    "$MABPLAN" run -j 2 >log 2>&1 || {
        # a registry that is not reached is no fault of ours
        ! grep -qE 'Temporary failure resolving|Failed to fetch|Unable to connect|EAI_AGAIN|ENOTFOUND|ETIMEDOUT|ECONNREFUSED' log ||
            skip "a registry of packages is not reached: $(grep -m1 -E 'resolving|fetch|connect|EAI|ENOT|ETIM|ECONN' log)"
        cat log >&2
        fail "the projects do not build as $(id -un)"
    }
}

both_users() {
    local why
    [ "$(id -u)" -eq 0 ] || skip "needs both root and an ordinary user"
    id mabplan-test >/dev/null 2>&1 || skip "no user mabplan-test; tests/support/make_test_user.sh makes it"
    why=$("$support/debian_base.sh" "$MABPLAN_BASES/debian-two" "$MABPLAN" amd64 arm64) || skip "$why"
    prepare
    build_all
    use
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
        declare -p projects platforms arguments
        declare -f prepare build_all use
        printf 'prepare\nbuild_all\nuse\n'
    } >"$script"
    "$support/as_test_user.sh" "$script" >user.log 2>&1 || { cat user.log >&2; fail "as a user"; }
    echo "${#projects[@]} projects, as root and as a user"
}
