#!/usr/bin/env bash
# What an archive of ADD must not do is refused with its name and that of the entry, and nothing is written.
. "$(dirname "$0")/../support/e2e.sh"

# archive NAME [PYTHON]: context/a.tar with an entry `good` and one of this name, on which the Python statement sets what it likes.
archive() {
    python3 - "$@" <<'PY'
import sys, tarfile
with tarfile.open("context/a.tar", "w", format=tarfile.PAX_FORMAT) as tar:
    tar.addfile(tarfile.TarInfo("good"))
    entry = tarfile.TarInfo(sys.argv[1])
    exec(sys.argv[2] if len(sys.argv) > 2 else "")
    tar.addfile(entry)
PY
}

# refuses STATUS WHY: the ADD of context/a.tar.
refuses() {
    exits "$1" "$MABPLAN" build -o type=oci,dest=out,tar=false context
    assert_says log "of \"a.tar\" cannot be unpacked: $2"
    [ ! -e out ] || fail "something was written"
}

printf 'FROM scratch\nADD a.tar /dest/\n' >context/Dockerfile
archive .wh.etc
refuses 2 'in a layer its name would be that of a whiteout'
archive link 'entry.type = tarfile.LNKTYPE; entry.linkname = "../etc/passwd"'
refuses 1 '"/dest/etc" does not exist'
archive link 'entry.type = tarfile.LNKTYPE; entry.linkname = "etc/passwd"'
refuses 1 '"/dest/etc" does not exist'
archive good/below
refuses 1 '"/dest/good" is no directory'

# Cut short in the middle of a file: what is before it does not count.
head -c 100000 /dev/zero >context/big
tar -C context -cf whole.tar big
head -c 50000 whole.tar >context/a.tar
exits 2 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log 'the tar archive is damaged or cut short after "big"'
[ ! -e out ] || fail "something was written"

# What begins with a tar header is an archive, also if it is packed in few bytes and its end is missing or wrong.
head -c 3000 /dev/zero >context/big
tar -C context -cf whole.tar big
gzip -c whole.tar >whole.tar.gz
zstd -q -c whole.tar >whole.tar.zst
for packed in whole.tar.gz whole.tar.zst; do
    head -c -3 $packed >context/a.tar
    exits 2 "$MABPLAN" build -o type=oci,dest=out,tar=false context
    assert_says log 'unpacking "a.tar"'
    [ ! -e out ] || fail "something was written"
done

# Names that lead out are cleaned and stay in the destination; what stands for the destination itself and is no folder is skipped.
takes() { rm -rf taken; exits 0 "$MABPLAN" build -o type=local,dest=taken context; assert_eq "$1" "$(cd taken && find . ! -type d | sort | xargs)"; }
printf 'FROM scratch\nADD a.tar /dest/\n' >context/Dockerfile
archive ../out
takes './dest/good ./dest/out'
archive a/../../b/../out
takes './dest/good ./dest/out'
archive "$work/out"
takes "$(printf '%s\n' "./dest$work/out" ./dest/good | sort | xargs)"
[ ! -e out ] || fail "something was written"
for name in . ./. a/..; do
    archive $name
    takes ./dest/good
    archive $name 'entry.type = tarfile.SYMTYPE; entry.linkname = "/"'
    takes ./dest/good
done
# without a name
archive x
python3 - <<'PY'
data = bytearray(open("context/a.tar", "rb").read())
data[512] = 0
data[512 + 148:512 + 156] = b" " * 8
data[512 + 148:512 + 156] = b"%06o\0 " % sum(data[512:1024])
open("context/a.tar", "wb").write(data)
PY
takes ./dest/good
