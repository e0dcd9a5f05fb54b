#!/usr/bin/env bash
# ADD of an https URL, whose certificate the user trusts by SSL_CERT_FILE; without that, a clear refusal. An archive stays one.
. "$(dirname "$0")/../support/e2e.sh"

openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" 2>/dev/null
start_file_server --tls cert.pem key.pem
tar -cf served/archive.tar -C context .
dockerfile <<END
FROM busybox
ADD https://$server/archive.tar /
END
exits 4 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log certificate
export SSL_CERT_FILE=$work/cert.pem
build out
unpack out amd64 image
cmp served/archive.tar image/rootfs/archive.tar
