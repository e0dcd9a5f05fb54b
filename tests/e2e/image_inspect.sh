#!/usr/bin/env bash
# image inspect tells what a layout holds, in words and as JSON.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN echo x > /x
CMD ["cat", "/x"]
END
build out --platform linux/amd64,linux/arm64
exits 0 "$MABPLAN" image inspect out
assert_says log linux/amd64
assert_says log linux/arm64
"$MABPLAN" image inspect out --json | jq -e . >/dev/null || fail "--json is not JSON"

# One platform, several images, and templates as docker's and buildx's.
exits 0 "$MABPLAN" image inspect --platform linux/arm64 out
assert_says log linux/arm64
assert_silent_about log linux/amd64
exits 2 "$MABPLAN" image inspect --platform linux/s390x out
build second --platform linux/amd64
exits 0 "$MABPLAN" image inspect out second
assert_says log "image out"
assert_says log "image second"
assert_eq "2 1" "$("$MABPLAN" image inspect --json out second | jq -s 'map(.images | length) | join(" ")' -r)"
exits 2 "$MABPLAN" image inspect --raw out second
assert_eq "$(raw_image out | jq -cS .manifests)" "$("$MABPLAN" image inspect --format '{{json .Manifest}}' out | jq -cS .manifests)"
assert_eq "$(image_digest out) $(raw_image out | wc -c)" "$("$MABPLAN" image inspect -f '{{.Manifest.Digest}} {{.Manifest.Size}}' out)"
assert_eq "$(raw_image out | jq -r .mediaType)" "$("$MABPLAN" image inspect -f '{{.Manifest.MediaType}}' out)"
assert_eq '[] map[] [cat /x]' "$("$MABPLAN" image inspect -f '{{.Config.Entrypoint}} {{.Config.Labels}}{{.Config.User}} {{.Config.Cmd}}' out)"
exits 0 "$MABPLAN" image copy oci:second oci:named:app:3
exits 0 "$MABPLAN" build -q --build-context "busybox=$busybox" --platform linux/amd64 -t app:1 -t team/app:2 context
digest=$("$MABPLAN" image inspect -f '{{.Manifest.Digest}}' app:1)
assert_eq '["app:1","team/app:2"]' "$("$MABPLAN" image inspect -f '{{json .RepoTags}}' app:1)"
assert_eq "[\"app@$digest\",\"team/app@$digest\"]" "$("$MABPLAN" image inspect -f '{{json .RepoDigests}}' app:1)"
