#!/usr/bin/env bash
# Root and an ordinary user build the same bytes.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(id -u)" -eq 0 ] || skip "needs both root and an ordinary user"
id mabplan-test >/dev/null 2>&1 || skip "no user mabplan-test; tests/support/make_test_user.sh makes it"
recipe() {
    dockerfile <<'END'
FROM busybox
RUN echo x > /x && chown 33:100 /x && chmod 4755 /x && mkdir -m 1777 /shared && mkfifo /pipe && cp /bin/busybox /tool
COPY --chown=65534:1234 file /d/
USER www-data
RUN id -u > /tmp/me
END
    echo content >context/file
}
recipe
build here --platform linux/amd64,linux/arm64
cat >as_user.sh <<'END'
. "$MABPLAN_SOURCE/tests/support/e2e.sh"
END
declare -f recipe >>as_user.sh
cat >>as_user.sh <<'END'
recipe
build there --platform linux/amd64,linux/arm64
echo "digest $(image_digest there)"
END
chmod -R a+rX "$work"
cp as_user.sh "$MABPLAN_BUILD/as_user.$$.sh"
"$support/as_test_user.sh" "$MABPLAN_BUILD/as_user.$$.sh" >user.log 2>&1 || { cat user.log >&2; rm "$MABPLAN_BUILD/as_user.$$.sh"; fail "the user's build failed"; }
rm "$MABPLAN_BUILD/as_user.$$.sh"
assert_says user.log "digest $(image_digest here)"
