#!/usr/bin/env bash
# Flags of podman and buildah: what means nothing here is taken, and every other one is answered with mabplan's way.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY Dockerfile /
END
exits 0 "$MABPLAN" build --layers --layers=false --format oci --rm --force-rm=false --isolation chroot --pull=always --squash=false -t x -o type=oci,dest=out,tar=false context
exits 0 "$MABPLAN" build -t x -o type=oci,dest=again,tar=false context
assert_eq "$(image_digest out)" "$(image_digest again)"

exits 2 "$MABPLAN" build --timestamp 0 context
assert_says log 'mabplan has no --timestamp'
assert_says log 'hint: --build-arg SOURCE_DATE_EPOCH=SECONDS'
exits 2 "$MABPLAN" build --format docker context
assert_says log 'type=docker,dest=FILE'
exits 2 "$MABPLAN" build -v "$PWD:/data" context
assert_says log 'RUN --mount=type=bind'
exits 2 "$MABPLAN" image run -p 8080:80 out
assert_says log 'hint: -p 80:80'
exits 2 "$MABPLAN" image run --privileged out
assert_says log 'mabplan has no --privileged'

exits 2 "$MABPLAN" build --network slirp4netns context
assert_says log '--network "slirp4netns": expected default, none or host'
assert_says log 'hint: that is what default is'
exits 2 "$MABPLAN" image run --network bridge out
assert_says log 'hint: that is what default is'

# Whatever buildah has today: nothing of it is unknown. (The folder is not there, so nothing is built.)
command -v buildah >/dev/null || skip "buildah is not installed"
buildah bud --help >help
flags=0
while read -r flag kind; do
    word=$flag
    [ -z "$kind" ] || word=$flag=x
    status=0
    "$MABPLAN" build "$word" no-such-folder >log 2>&1 || status=$?
    [ "$flag" = --help ] || assert_eq 2 "$status" "exit code of $word"
    assert_silent_about log 'unknown flag'
    flags=$((flags + 1))
done < <(sed -nE 's/^ +(-., )?(--[a-z-]+)( ([^ ]+))?   .*/\2 \4/p' help)
[ "$flags" -gt 60 ] || fail "only $flags flags were read from buildah's help"
