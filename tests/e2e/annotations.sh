#!/usr/bin/env bash
# --annotation and `annotations`, as buildx has them: of manifests (without a type), of the index, and of the descriptors of both.
. "$(dirname "$0")/../support/e2e.sh"

both=(--platform linux/amd64,linux/arm64)
dockerfile <<'END'
FROM busybox
CMD ["true"]
END

index_of() { jq -c '.annotations' <(raw_image "$1"); }
# …_of LAYOUT ARCH
digest_of() { jq -r --arg arch "$2" '.manifests[] | select(.platform.architecture == $arch).digest' <(raw_image "$1"); }
manifest_of() {
    local digest
    digest=$(digest_of "$1" "$2")
    jq -c .annotations "$1/blobs/sha256/${digest#sha256:}"
}
descriptor_of() { jq -c --arg arch "$2" '.manifests[] | select(.platform.architecture == $arch).annotations' <(raw_image "$1"); }
entry_of() { jq -c '.manifests[0].annotations' "$1/index.json"; }

# All four levels, one platform alone, several types at once.
build out "${both[@]}" --annotation plain=1 --annotation manifest:org.example=2 --annotation 'manifest[linux/arm64]:org.example=3' \
    --annotation 'index,manifest-descriptor:shared=x=y' --annotation 'manifest-descriptor[linux/amd64]:own=' --annotation index-descriptor:entry=z
assert_eq '{"org.example":"2","plain":"1"}' "$(manifest_of out amd64)"
assert_eq '{"org.example":"3","plain":"1"}' "$(manifest_of out arm64)"
assert_eq '{"shared":"x=y"}' "$(index_of out)"
assert_eq '{"own":"","shared":"x=y"}' "$(descriptor_of out amd64)"
assert_eq '{"shared":"x=y"}' "$(descriptor_of out arm64)"
assert_eq '{"entry":"z"}' "$(entry_of out)"
exits 0 "$MABPLAN" image inspect out
assert_says log "annotation shared=x=y"
assert_says log "  annotation plain=1"
assert_eq '[{"shared":"x=y"},{"own":"","shared":"x=y"},"3"]' \
    "$("$MABPLAN" image inspect out --json | jq -c '[.annotations, .images[0].descriptor_annotations, .images[1].annotations["org.example"]]')"

# They are in no key: another one rebuilds nothing and changes no other digest than of what it stands in.
build other "${both[@]}" --annotation index:else=1
assert_eq 0 "$(executed)"
build plain "${both[@]}"
assert_eq "$(digest_of plain amd64)" "$(digest_of other amd64)"
assert_ne "$(image_digest plain)" "$(image_digest other)"

# A name of the image stands beside those of the descriptor.
build named -t app:1 --platform linux/amd64 --annotation index-descriptor:entry=z
assert_eq '{"entry":"z","io.containerd.image.name":"docker.io/library/app:1","org.opencontainers.image.ref.name":"1"}' "$(entry_of named)"

# One platform, as a layout and for docker load, whose manifest is annotated as well.
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/amd64 --annotation a=b -t app:1 -o type=docker,dest=docker.tar -o type=oci,dest=one,tar=false context
assert_eq '{"a":"b"}' "$(manifest_of one amd64)"
mkdir loaded
tar xf docker.tar -C loaded
assert_eq '{"a":"b"}' "$(manifest_of loaded amd64)"
skopeo copy -q docker-archive:docker.tar:docker.io/library/app:1 oci:read:1

# As skopeo pushes it, and reads it again.
if command -v docker-registry >/dev/null; then
    start_registry
    skopeo copy -q --all --dest-tls-verify=false oci:out "docker://$registry/app:1"
    assert_eq '{"shared":"x=y"}' "$(skopeo inspect --raw --tls-verify=false "docker://$registry/app:1" | jq -c .annotations)"
    assert_eq '[{"shared":"x=y"},"2"]' "$("$MABPLAN" image inspect "$registry/app:1" --json | jq -c '[.annotations, .images[0].annotations["org.example"]]')"
fi

# The same words in mabplan.yaml, with variables in values.
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64, linux/arm64]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist,tar=false"]
    annotations:
      org.example.arch: \${platform.arch}
      manifest[linux/arm64]:only: here
      index,index-descriptor:org.example.title: It
END
exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run
assert_eq '{"org.example.arch":"amd64"}' "$(manifest_of dist amd64)"
assert_eq '{"only":"here","org.example.arch":"arm64"}' "$(manifest_of dist arm64)"
assert_eq '{"org.example.title":"It"}' "$(index_of dist)"
assert_eq '{"org.example.title":"It"}' "$(entry_of dist)"
# What the command line leaves out may be annotated; what no platform is may not.
exits 0 "$MABPLAN" compile --platform linux/amd64
sed -i 's/arm64\]:only/s390x]:only/' mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:9:7: error: annotation "only" is for linux/s390x, which is not built'
assert_says log "hint: the platforms are linux/amd64, linux/arm64"
sed -i 's/manifest\[linux.s390x\]:only/indx:only/' mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:9:7: error: annotation "indx:only": unknown type "indx"'
sed -i 's/indx:only: here/index:only: ${platform.arch}/' mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:9:7: error: annotation "only" of the index is "amd64" for linux/amd64 and "arm64" for linux/arm64'

# No index, no annotation of it.
exits 2 "$MABPLAN" build --platform linux/amd64 --annotation index:a=b -o type=docker,dest=docker.tar context
assert_says log "type=docker has no index to annotate"
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --annotation index:a=b -o files context
assert_says log 'annotation "a" is of the index, and no output has one'
exits 2 "$MABPLAN" build --annotation a -o type=oci,dest=x context
assert_says log '--annotation "a": expected NAME=value'
