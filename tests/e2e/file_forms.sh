#!/usr/bin/env bash
# The forms in which files come into an image: here-documents, --parents, --exclude, --chmod by letters, --link, ADD of plain files.
. "$(dirname "$0")/../support/e2e.sh"

mkdir -p context/src/deep
echo a >context/src/a.txt
echo b >context/src/deep/b.txt
echo o >context/src/deep/b.o
chmod 600 context/src/a.txt
chmod 755 context/src/deep/b.txt
dockerfile <<'END'
FROM busybox
ENV NAME=world
COPY <<EOF <<-"RAW" /notes/
hello ${NAME} 'quoted'
EOF
	raw ${NAME}
	RAW
COPY --parents src/./deep/*.txt /parents/
COPY --exclude=**/*.o src /excluded/
COPY --chmod=u=rwX,go=rX src /modes/
COPY --link src/a.txt /linked/a.txt
ADD src/a.txt /added/
RUN <<EOF
set -e
test "$NAME" = world
cat /notes/EOF > /from-script
EOF
RUN cat <<ONE > /one && cat <<TWO > /two
first
ONE
second
TWO
END
build out
unpack out amd64 image
root=image/rootfs
assert_eq "hello world 'quoted'" "$(cat $root/notes/EOF)"
assert_eq 'raw ${NAME}' "$(cat $root/notes/RAW)"
assert_eq "644" "$(stat -c %a $root/notes/EOF)"
assert_eq "deep/b.txt" "$(cd $root/parents && find . -type f | sed 's,^./,,')"
assert_eq "a.txt deep/b.txt" "$(cd $root/excluded && find . -type f | sed 's,^./,,' | sort | xargs)"
assert_eq "644 755 644" "$(cd $root/modes && stat -c %a a.txt deep/b.txt deep/b.o | xargs)"
assert_eq "600 600" "$(stat -c %a $root/linked/a.txt $root/added/a.txt | xargs)"
assert_eq "hello world 'quoted'" "$(cat $root/from-script)"
assert_eq "first second" "$(cat $root/one $root/two | xargs)"

# With an instruction less those behind it are made anew, those before it are not. A changed here-document is a changed copy; what a copy excludes does not matter to it.
sed -i '/chmod=u/d' context/Dockerfile
build out
assert_eq 4 "$(executed)" "the copies behind it have another place, and so another time; the RUNs see another file system"
echo other >context/src/deep/b.o
build out
assert_eq 0 "$(executed)"
sed -i 's/hello/goodbye/' context/Dockerfile
build out
assert_ne 0 "$(executed)"
