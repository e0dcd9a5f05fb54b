#!/usr/bin/env bash
# A comment, a tag and a touched time change nothing: nothing is executed and the layers are the same.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY file /file
RUN cat /file > /copy
END
echo x >context/file
build first -t example.org/one:1
digest() { raw_image "$1" | jq -r '.manifests[0].digest // .config.digest'; }
touch -d '2001-01-01' context/file
{ echo "# a comment"; cat context/Dockerfile; } >context/Dockerfile.new
mv context/Dockerfile.new context/Dockerfile
build second -t example.org/one:2
assert_eq 0 "$(executed)" "nothing is executed"
assert_eq "$(digest first)" "$(digest second)"
