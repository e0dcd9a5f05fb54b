#!/usr/bin/env bash
# An ignore file or a Dockerfile that is a symbolic link: followed inside the build context, refused where it leads out of it or nowhere.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
mkdir context/docker
printf 'docker\nDockerfile\n.dockerignore\nsecret\n' >context/docker/ignore
ln -s docker/ignore context/.dockerignore
echo 1 >context/secret
echo 1 >context/file
build out --platform linux/amd64
unpack out amd64 image
assert_eq file "$(ls -A image/rootfs | xargs)"

echo secret >outside
for target in ../outside "$work/outside" /etc/passwd; do
    ln -sfn "$target" context/.dockerignore
    exits 2 "$MABPLAN" build context
    assert_says log "\".dockerignore\" is a symbolic link to \"$target\", which leads out of the build context"
done
ln -sfn nothing context/.dockerignore
exits 2 "$MABPLAN" build context
assert_says log '".dockerignore" is a symbolic link to "nothing", which leads to nothing'
rm context/.dockerignore

# A pattern that is none: file, line and excerpt.
printf '# fine\n*.o\nbuild/[a-\n' >context/.dockerignore
exits 2 "$MABPLAN" build context
assert_says log 'context/.dockerignore:3:1: error: malformed pattern "build/[a-"'
assert_says log '>    3 | build/[a-'
rm context/.dockerignore

# The Dockerfile of one's own folder may lie anywhere; that of a folder that came from elsewhere may not.
mv context/Dockerfile elsewhere
ln -s ../elsewhere context/Dockerfile
build own --platform linux/amd64
refused() {
    exits 2 "$MABPLAN" build "$@"
    assert_says log '"Dockerfile" is a symbolic link to "../elsewhere", which leads out of the build context'
}
start_file_server
tar -C context -cf served/context.tar .
refused "http://$server/context.tar"
refused - <served/context.tar
mkdir -p project/sub
cp elsewhere project/elsewhere
ln -s ../elsewhere project/sub/Dockerfile
commit_all project first
git clone -q --bare project served/project.git
refused "http://$server/git/project.git#main:sub"
ln -sfn real context/Dockerfile
printf 'FROM scratch\nCOPY file /linked\n' >context/real
tar -C context -cf served/context.tar .
exits 0 "$MABPLAN" build -o type=oci,dest=linked,tar=false - <served/context.tar
unpack linked amd64 linked-image
[ -f linked-image/rootfs/linked ] || fail "a link inside of the archive is not followed"
