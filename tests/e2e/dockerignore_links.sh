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
# the file beside the Dockerfile is one of the context, too
rm context/.dockerignore
for name in Dockerfile.dockerignore Dockerfile.containerignore; do
    ln -s ../outside context/$name
    exits 2 "$MABPLAN" build context
    assert_says log "\"$name\" is a symbolic link to \"../outside\", which leads out of the build context"
    ln -sfn nothing context/$name
    exits 2 "$MABPLAN" build context
    assert_says log "\"$name\" is a symbolic link to \"nothing\", which leads to nothing"
    rm context/$name
done
# however a link is written that ends inside
for target in "$work/context/docker/ignore" ../context/docker/ignore; do
    for name in .dockerignore Dockerfile.dockerignore; do
        ln -s "$target" context/$name
        build inside --platform linux/amd64
        unpack inside amd64 inside-image
        [ ! -e inside-image/rootfs/secret ] || fail "$name -> $target is not read"
        rm -rf context/$name inside inside-image
    done
done
# a Dockerfile of another folder, and one behind a link of the context, have what lies beside them, wherever that leads
mkdir apart
cp context/Dockerfile apart/Dockerfile
ln -s ../context/docker/ignore apart/Dockerfile.dockerignore
ln -s ../apart context/linked
for file in apart/Dockerfile context/linked/Dockerfile; do
    build inside --platform linux/amd64 -f $file
    unpack inside amd64 inside-image
    [ ! -e inside-image/rootfs/secret ] || fail "the ignore file beside $file is not read"
    rm -rf inside inside-image
done
ln -sfn nothing apart/Dockerfile.dockerignore
exits 2 "$MABPLAN" build -f apart/Dockerfile context
assert_says log '"apart/Dockerfile.dockerignore" is a symbolic link to "nothing", which leads to nothing'
rm -r apart context/linked
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
