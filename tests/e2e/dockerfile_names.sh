#!/usr/bin/env bash
# Names of Dockerfiles and ignore files: docker's before podman's, said where it is not the usual one; -f of the context, and of a URL.
. "$(dirname "$0")/../support/e2e.sh"

content() { unpack "$1" amd64 "$1-image" && ls -A "$1-image/rootfs" | xargs; }
echo x >context/a
echo x >context/b
printf 'FROM scratch\nCOPY . /\n' >context/Containerfile
printf 'b\nContainerfile\n.containerignore\n' >context/.containerignore
build podman --platform linux/amd64
assert_eq a "$(content podman)"
assert_says log "note: context/Containerfile is used as the Dockerfile"
assert_says log "note: context/.containerignore is used as the ignore file"

printf 'FROM scratch\nCOPY b /\n' >context/dockerfile
: >context/.dockerignore
build small --platform linux/amd64
assert_eq b "$(content small)"
assert_says log "note: context/dockerfile is used as the Dockerfile"
assert_says log "note: context/Containerfile is not looked at: context/dockerfile goes before it"
assert_says log "note: context/.containerignore is not looked at: context/.dockerignore goes before it"
printf 'FROM scratch\nCOPY a b /\n' >context/Dockerfile
build usual --platform linux/amd64
assert_eq "a b" "$(content usual)"
assert_says log "note: context/Containerfile is not looked at: context/Dockerfile goes before it"
assert_says log "note: context/dockerfile is not looked at: context/Dockerfile goes before it"
rm context/.containerignore context/Containerfile context/dockerfile context/.dockerignore
build quiet --platform linux/amd64
assert_silent_about log "note:"

# -f names a file of the current folder; one that is only in the context is found there.
mkdir context/sub
printf 'FROM scratch\nCOPY a /of-context\n' >context/sub/Other
build inside --platform linux/amd64 -f sub/Other
assert_eq of-context "$(content inside)"
assert_says log "note: context/sub/Other of the build context is used as the Dockerfile: the current folder has none of this name"
mkdir sub
printf 'FROM scratch\nCOPY a /of-here\n' >sub/Other
build here --platform linux/amd64 -f sub/Other
assert_eq of-here "$(content here)"
assert_silent_about log "note:"
exits 2 "$MABPLAN" build -f none context
assert_says log 'there is no Dockerfile'

# A Dockerfile behind a URL beside a folder.
start_file_server
printf 'FROM scratch\nCOPY a /of-url\n' >served/Remote
build url --platform linux/amd64 -f "http://$server/Remote"
assert_eq of-url "$(content url)"
printf 'targets:\n  it: {context: context, dockerfile: "http://%s/Remote", output: ["type=oci,dest=yaml,tar=false"]}\n' "$server" >mabplan.yaml
exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run
assert_eq "$(image_digest url)" "$(image_digest yaml)"
exits 4 "$MABPLAN" build -f "http://$server/nothing" context
assert_says log "reading the Dockerfile http://$server/nothing"
printf 'FROM scratch\nCOPY a /\nWRONG\n' >served/Remote
exits 2 "$MABPLAN" build -f "http://$server/Remote" context
assert_says log "http://$server/Remote:3"
