#!/usr/bin/env bash
# Real projects, built by root and by an ordinary user: servers that are started while the image is built, on two
# platforms at once on one port, wheels and modules that are compiled, with the network that a step has. Takes minutes, and packages from registries.
. "$(dirname "$0")/projects.sh"

projects=(nginx node postgres python redis systemd)
platforms[postgres]=linux/amd64,linux/arm64

use() {
    exits 0 "$MABPLAN" image run out/nginx nginx -t
    exits 0 "$MABPLAN" image run out/node node server.js --once
    exits 0 "$MABPLAN" image run out/python
    exits 0 "$MABPLAN" image run out/redis redis-server --version
    exits 0 "$MABPLAN" image run out/systemd /lib/systemd/systemd --version
    assert_eq 2 "$(jq '.manifests | length' <(raw_image out/postgres))" "platforms of postgres"
}

both_users
