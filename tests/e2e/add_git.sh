#!/usr/bin/env bash
# ADD of git repositories over smart http: refs, subdirs, submodules, .git, checksums; a branch is asked for each time, its commit is what counts.
. "$(dirname "$0")/../support/e2e.sh"

start_file_server
umask 077 # what is checked out does not depend on it
mkdir -p library project/sub/deep
echo library >library/lib.txt
commit_all library first
git clone -q --bare library served/library.git
echo one >project/file.txt
printf '#!/bin/sh\n' >project/script
chmod 755 project/script
ln -s file.txt project/link
echo deep >project/sub/deep/file
commit_all project first
git -C project -c protocol.file.allow=always submodule --quiet add "http://$server/git/library.git" lib
commit_all project second
git -C project tag -a -m v1 v1
git -C project checkout -q -b other
echo other >project/file.txt
commit_all project third
git -C project checkout -q main
publish() { rm -rf served/project.git && git clone -q --bare project served/project.git && chmod -R go+rX served; }
publish
url=http://$server/git/project.git

dockerfile <<END
FROM busybox
ADD $url /main/
ADD $url#other:sub /other/
ADD $url?tag=v1&submodules=false /tag/
ADD --keep-git-dir $url#v1 /kept/
ADD --checksum=$(git -C project rev-parse other) $url#other /pinned/
RUN cd / && find main other tag pinned kept/file.txt kept/lib kept/.git/config | sort | xargs stat -c '%A %u:%g %Y %n' > /facts; cat /main/file.txt /pinned/file.txt /main/lib/lib.txt >> /facts
END
build out
unpack out amd64 image
cat >wanted <<'END'
-rw-r--r-- 0:0 315532804 kept/.git/config
-rw-r--r-- 0:0 315532804 kept/file.txt
drwxr-xr-x 0:0 315532804 kept/lib
-rw-r--r-- 0:0 315532804 kept/lib/.git
-rw-r--r-- 0:0 315532804 kept/lib/lib.txt
drwxr-xr-x 0:0 315532801 main
-rw-r--r-- 0:0 315532801 main/.gitmodules
-rw-r--r-- 0:0 315532801 main/file.txt
drwxr-xr-x 0:0 315532801 main/lib
-rw-r--r-- 0:0 315532801 main/lib/lib.txt
lrwxrwxrwx 0:0 315532801 main/link
-rwxr-xr-x 0:0 315532801 main/script
drwxr-xr-x 0:0 315532801 main/sub
drwxr-xr-x 0:0 315532801 main/sub/deep
-rw-r--r-- 0:0 315532801 main/sub/deep/file
drwxr-xr-x 0:0 315532802 other
drwxr-xr-x 0:0 315532802 other/deep
-rw-r--r-- 0:0 315532802 other/deep/file
drwxr-xr-x 0:0 315532805 pinned
-rw-r--r-- 0:0 315532805 pinned/.gitmodules
-rw-r--r-- 0:0 315532805 pinned/file.txt
drwxr-xr-x 0:0 315532805 pinned/lib
-rw-r--r-- 0:0 315532805 pinned/lib/lib.txt
lrwxrwxrwx 0:0 315532805 pinned/link
-rwxr-xr-x 0:0 315532805 pinned/script
drwxr-xr-x 0:0 315532805 pinned/sub
drwxr-xr-x 0:0 315532805 pinned/sub/deep
-rw-r--r-- 0:0 315532805 pinned/sub/deep/file
drwxr-xr-x 0:0 315532803 tag
-rw-r--r-- 0:0 315532803 tag/.gitmodules
-rw-r--r-- 0:0 315532803 tag/file.txt
drwxr-xr-x 0:0 315532803 tag/lib
lrwxrwxrwx 0:0 315532803 tag/link
-rwxr-xr-x 0:0 315532803 tag/script
drwxr-xr-x 0:0 315532803 tag/sub
drwxr-xr-x 0:0 315532803 tag/sub/deep
-rw-r--r-- 0:0 315532803 tag/sub/deep/file
one
other
library
END
diff wanted image/rootfs/facts
assert_eq "$(git -C project rev-parse v1^{commit})" "$(git -C image/rootfs/kept -c safe.directory='*' rev-parse HEAD)"
assert_eq "" "$(git -C image/rootfs/kept -c safe.directory='*' status --porcelain)"

# The same bytes in another store, with another umask and all of it fetched anew.
umask 022
MABPLAN_CACHE_DIR=$work/other-store build again
assert_eq "$(image_digest out)" "$(image_digest again)"

# A repository of this host, bare or not.
printf 'FROM busybox\nADD file://%s#other:sub /other/\nADD file://%s?ref=v1&submodules=false /tag/\n' "$work/served/project.git" "$work/project" >context/local
build local -f context/local
unpack local amd64 local-image
assert_eq deep "$(cat local-image/rootfs/other/deep/file)"
assert_eq one "$(cat local-image/rootfs/tag/file.txt)"
printf 'FROM busybox\nCOPY file.txt /\n' >project/Dockerfile
commit_all project "a Dockerfile"
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=local,dest=of-context "file://$work/project?submodules=false"
assert_eq one "$(cat of-context/file.txt)"
git -C project reset -q --hard HEAD~1

# Refs are asked for, nothing is fetched; a branch that moved is.
packs=$(asked_for 'POST .*git-upload-pack')
build cached
assert_eq 0 "$(executed)"
echo two >project/file.txt
commit_all project fourth
publish
build moved
unpack moved amd64 image-2
assert_eq two "$(cat image-2/rootfs/main/file.txt)"
assert_eq other "$(cat image-2/rootfs/pinned/file.txt)"
