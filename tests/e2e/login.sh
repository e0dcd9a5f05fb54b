#!/usr/bin/env bash
# Registries that want to know who it is: login keeps what docker reads, push and pull use it, logout forgets it. TLS with an authority of
# one's own, helper programs, and a server of tokens that gives rights by scope.
. "$(dirname "$0")/../support/e2e.sh"
command -v htpasswd >/dev/null || skip "htpasswd is not installed"

htpasswd -Bbn me secret >htpasswd
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out ca.pem 2>/dev/null
start_registry "tls: {certificate: $work/ca.pem, key: $work/key.pem}" >/dev/null
printf 'auth: {htpasswd: {realm: here, path: %s}}\n' "$work/htpasswd" >>registry.yml
kill "${servers[-1]}"; wait "${servers[-1]}" 2>/dev/null || true
docker-registry serve registry.yml >registry.log 2>&1 &
servers+=($!)
wait_for_port "${registry#localhost:}" registry.log
export SSL_CERT_FILE=$work/ca.pem
base=oci:$MABPLAN_BASES/busybox:latest

exits 4 "$MABPLAN" image copy --platform linux/amd64 "$base" "docker://$registry/box:1"
assert_says log "401 Unauthorized"
echo wrong | exits 4 "$MABPLAN" login -u me --password-stdin "$registry"
[ ! -e home/.docker/config.json ] || fail "a wrong password was kept"
echo secret | exits 0 "$MABPLAN" login -u me --password-stdin "$registry"
assert_says log "home/.docker/config.json"
assert_silent_about log secret
assert_eq 600 "$(stat -c %a home/.docker/config.json)"
assert_eq "$(printf me:secret | base64)" "$(jq -r ".auths[\"$registry\"].auth" home/.docker/config.json)"
exits 0 "$MABPLAN" image copy --platform linux/amd64 "$base" "docker://$registry/box:1"
exits 0 skopeo inspect --raw --cert-dir "$work" --authfile home/.docker/config.json "docker://$registry/box:1" || true
# What else the file holds stays.
jq '. + {HttpHeaders: {"A": "b"}, zzz: 1}' home/.docker/config.json >changed && cp changed home/.docker/config.json
exits 0 "$MABPLAN" logout "$registry"
assert_eq '{"A":"b"}' "$(jq -c .HttpHeaders home/.docker/config.json)"
assert_eq null "$(jq -c ".auths[\"$registry\"]" home/.docker/config.json)"
exits 4 "$MABPLAN" image pull "$registry/box:1"

# A program keeps the credentials.
mkdir bin
cat >bin/docker-credential-test <<'END'
#!/bin/sh
case $1 in
    get) read -r server; [ -e kept ] && [ "$server" = "$(cat "$KEPT.server")" ] && cat "$KEPT" && exit 0; echo "credentials not found in native keychain"; exit 1 ;;
    store) cat >"$KEPT.in"; jq -r .ServerURL "$KEPT.in" >"$KEPT.server"; jq '{ServerURL, Username, Secret}' "$KEPT.in" >"$KEPT" ;;
    erase) rm -f "$KEPT" ;;
esac
END
sed -i 's/\[ -e kept \]/[ -e "$KEPT" ]/' bin/docker-credential-test
chmod +x bin/docker-credential-test
export PATH=$work/bin:$PATH KEPT=$work/kept
echo '{"credsStore": "test"}' >home/.docker/config.json
exits 4 "$MABPLAN" image pull "$registry/box:1"
echo secret | exits 0 "$MABPLAN" login -u me --password-stdin "$registry"
assert_says log docker-credential-test
! grep -q secret home/.docker/config.json || fail "the secret is in the file"
exits 0 "$MABPLAN" image pull "$registry/box:1"
exits 0 "$MABPLAN" logout "$registry"
exits 4 "$MABPLAN" image inspect "docker://$registry/box:2"
echo '{"credsStore": "missing"}' >home/.docker/config.json
exits 36 "$MABPLAN" image inspect "docker://$registry/box:2"
assert_says log "docker-credential-missing is not installed"

# Any certificate is taken where that is said, and nowhere else.
unset SSL_CERT_FILE
rm home/.docker/config.json
echo secret | exits 0 "$MABPLAN" login --insecure -u me --password-stdin "$registry"
exits 4 "$MABPLAN" image inspect "docker://$registry/box:1"
exits 0 "$MABPLAN" image inspect --insecure "docker://$registry/box:1"
dockerfile <<'END'
FROM scratch
COPY Dockerfile /
END
exits 4 "$MABPLAN" build -t "$registry/new:1" --push context
exits 0 "$MABPLAN" build -t "$registry/new:1" -o type=registry,registry.insecure=true context
