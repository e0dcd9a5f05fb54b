#!/usr/bin/env bash
# Build contexts that are no folders: git addresses, URLs and standard input; the commit's time as SOURCE_DATE_EPOCH.
. "$(dirname "$0")/../support/e2e.sh"

start_file_server
mkdir -p project/sub
echo content >project/sub/file
echo ignored >project/sub/.dockerignore
printf 'FROM busybox\nARG SOURCE_DATE_EPOCH\nCOPY . /got/\nRUN echo $SOURCE_DATE_EPOCH > /epoch\n' >project/sub/Dockerfile
ln -s Dockerfile project/sub/Linked
commit_all project first
git clone -q --bare project served/project.git
url=http://$server/git/project.git
built() {
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o "type=oci,dest=$@"
}

# A repository, with its Dockerfile; the ignore file of one is not looked at.
built out,tar=false "$url#main:sub"
unpack out amd64 image
assert_eq content "$(cat image/rootfs/got/file)"
[ -f image/rootfs/got/.dockerignore ] || fail "a file of the repository is missing"
assert_eq 315532800 "$(cat image/rootfs/epoch)"
built again,tar=false -f Linked "$url#main:sub"
assert_eq "$(image_digest out)" "$(image_digest again)"
built dated,tar=false --build-arg SOURCE_DATE_EPOCH=context "$url#main:sub"
unpack dated amd64 image-2
assert_eq 1234567890 "$(cat image-2/rootfs/epoch)"
assert_eq 2009-02-13T23:31:30Z "$(jq -r .created <image-2.config)"

# What was compiled stays what it was, though the branch moves on.
cat >mabplan.yaml <<END
version: 1
targets:
  it:
    context: "$url#main:sub"
    additional_contexts: {busybox: "$busybox", other: "$url#main"}
    dockerfile_inline: |
      FROM busybox
      COPY file /
      COPY --from=other sub/Dockerfile /
    output: ["type=oci,dest=dist,tar=false"]
END
exits 0 "$MABPLAN" compile
echo changed >project/sub/file
commit_all project second
rm -rf served/project.git && git clone -q --bare project served/project.git
exits 0 "$MABPLAN" run
unpack dist amd64 image-3
assert_eq content "$(cat image-3/rootfs/file)"

# A ref that the address pins must be at the commit, as for ADD.
git -C project tag v1 HEAD~1
git -C project tag v2
git -C served/project.git fetch -q "$work/project" --tags
second=$(git -C project rev-parse v2)
exits 5 "$MABPLAN" build --build-context "busybox=$busybox" "$url?tag=v1&subdir=sub&commit=$second"
assert_says log "is not at the commit that is asked for"
first=$(git -C project rev-parse v1)
for words in "ref=$first" "branch=main&ref=refs/heads/main" "ref=$second"; do
    wanted=$first
    [ "$words" != "ref=$first" ] || wanted=$second
    exits 5 "$MABPLAN" build --build-context "busybox=$busybox" "$url?$words&subdir=sub&commit=$wanted"
    assert_says log "that is asked for: expected $wanted"
done
built pinned,tar=false "$url?tag=v2&subdir=sub&commit=$second"
unpack pinned amd64 image-pinned
assert_eq changed "$(cat image-pinned/rootfs/got/file)"

# A Dockerfile behind a URL, one on standard input without and with a context.
printf 'FROM busybox\nCOPY context /got\n' >served/Only
built only,tar=false "http://$server/Only"
unpack only amd64 image-4
cmp served/Only image-4/rootfs/got
printf 'FROM busybox\nRUN echo here > /here\n' >text
built input,tar=false - <text
unpack input amd64 image-5
assert_eq here "$(cat image-5/rootfs/here)"
printf 'FROM busybox\nCOPY file /file\n' >text
built folder,tar=false -f - project/sub <text
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" - <text
assert_says log "there is nothing to copy from"
assert_says log "standard input:2:1: error: "
printf 'FROM busybox\nRNU true\n' >wrong
exits 2 "$MABPLAN" build -f - project/sub <wrong
assert_says log "standard input:2:1: error: "
# Archives: the Dockerfile is read in them, whether they come from a URL or on standard input.
tar -C project/sub -czf served/context.tar.gz .
for context in - "http://$server/context.tar.gz"; do
    exits 0 "$MABPLAN" check --build-context "busybox=$busybox" --error-on error "$context" <served/context.tar.gz
    exits 2 "$MABPLAN" check --build-context "busybox=$busybox" -f Nothing "$context" <served/context.tar.gz
    assert_says log "there is no Dockerfile"
done
mkdir odd
mkfifo odd/Dockerfile
tar -C odd -cf odd.tar .
exits 2 "$MABPLAN" build - <odd.tar
assert_says log '"Dockerfile" is a fifo in the archive: expected a regular file'
exits 2 "$MABPLAN" build -f Nothing - <served/context.tar.gz
assert_says log 'there is no Dockerfile "standard input/Nothing"'
built unpacked,tar=false "http://$server/context.tar.gz"
# The same files, whatever packs them, are the same image.
for packing in gzip bzip2 xz; do
    tar -C project/sub --$packing -cf packed .
    built "packed-$packing,tar=false" - <packed
    assert_eq "$(image_digest unpacked)" "$(image_digest "packed-$packing")" "the image of a context packed with $packing"
done

exits 4 "$MABPLAN" build "$url#nothing"
assert_says log "reading the build context $url#nothing"
exits 4 "$MABPLAN" build "$url#main:nosub"
assert_says log "has no directory \"nosub\" at main"
exits 2 "$MABPLAN" build "$url#main"
assert_says log "there is no Dockerfile \"$url#main/Dockerfile\""
