#!/usr/bin/env bash
# A base from a registry over https, whose certificate the user trusts by SSL_CERT_FILE; without that, a clear refusal.
. "$(dirname "$0")/../support/e2e.sh"

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null
start_registry "tls: {certificate: $work/cert.pem, key: $work/key.pem}"
skopeo copy -q --all --dest-tls-verify=false "oci:$MABPLAN_BASES/busybox:latest" "docker://$registry/box:1"
dockerfile <<END
FROM $registry/box:1
RUN echo ok > /ok
END
exits 4 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log certificate
SSL_CERT_FILE=$work/cert.pem exits 0 "$MABPLAN" build -o type=oci,dest=out,tar=false context
