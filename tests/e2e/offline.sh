#!/usr/bin/env bash
# --offline uses what was resolved and fetched before, and names what is missing.
. "$(dirname "$0")/../support/e2e.sh"

start_registry
skopeo copy -q --all --dest-tls-verify=false "oci:$MABPLAN_BASES/busybox:latest" "docker://$registry/box:1"
dockerfile <<END
FROM $registry/box:1
RUN echo hello > /hello
END
exits 4 "$MABPLAN" build --offline -o type=oci,dest=out,tar=false context
assert_says log "$registry/box:1"
assert_says log "--offline"
exits 0 "$MABPLAN" build -o type=oci,dest=out,tar=false context
online=$(image_digest out)
questions() { grep -c '"GET /v2' registry.log || true; }
asked=$(questions)
rm -rf out
exits 0 "$MABPLAN" build --offline -o type=oci,dest=out,tar=false context
assert_eq "$online" "$(image_digest out)"
exits 0 "$MABPLAN" build --offline --no-cache -o type=oci,dest=again,tar=false context
assert_eq "$online" "$(image_digest again)"
sed -i "s|box:1|box@$(skopeo inspect --raw --tls-verify=false "docker://$registry/box:1" | sha256sum | sed 's/^/sha256:/; s/ .*//')|" context/Dockerfile
asked=$(questions)
exits 0 "$MABPLAN" build --offline -o type=oci,dest=digest,tar=false context
assert_eq "$asked" "$(questions)" "questions though nobody may be asked"
# Another platform was never fetched: its layer is named.
exits 4 "$MABPLAN" build --offline --platform linux/arm64 -o type=oci,dest=arm,tar=false context
assert_says log "sha256:"
