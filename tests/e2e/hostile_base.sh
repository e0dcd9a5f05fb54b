#!/usr/bin/env bash
# Base images are untrusted: what a layer must not hold is an error that names the entry, and nothing is written outside the store.
. "$(dirname "$0")/../support/e2e.sh"

# base NAME LAYER…: a layout of a base image, each layer a Python list of (name, type, link, content).
base() {
    python3 - "$@" <<'PY'
import io, sys, tarfile
F, L, S, D, C = tarfile.REGTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE
for number, text in enumerate(sys.argv[2:]):
    with tarfile.open(f"{sys.argv[1]}.{number}.tar", "w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, link, content in eval(text):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.size = kind, link, len(content)
            tar.addfile(entry, io.BytesIO(content))
PY
    python3 "$support/layout_of.py" "$1" "$1".*.tar
}
number=0
next_base() { number=$((number + 1)); base "base-$number" "$@"; }
limits=()
on_base() { "$MABPLAN" build "${limits[@]}" --platform linux/amd64 --build-context "hostile=oci-layout://$PWD/base-$number" -o "type=local,dest=out-$number" context; }
refuses() {
    local entry=$1 why=$2
    shift 2
    next_base "$@"
    exits 2 on_base
    assert_says log "the layer's entry \"$entry\" cannot be unpacked: $why"
    assert_says log 'Dockerfile:2 COPY'
    [ ! -e out-$number ] || fail "something was exported"
}
# takes LAYER…: harmless, as nothing of it leads out of the image.
takes() { next_base "$@"; exits 0 on_base; }

mkdir outside
echo kept >outside/victim
echo copied >context/file
printf 'FROM hostile\nCOPY file /copied\n' >context/Dockerfile
refuses h 'it is a hard link to "/etc/passwd"' '[("h", L, "/etc/passwd", b""), ("h", F, "", b"x")]'
# the layer, the entry, the line of the FROM, and what helps
assert_says log 'reading the layer sha256:'
assert_says log 'Dockerfile:1'
assert_says log 'FROM hostile'
assert_says log 'a hard link reaches into its own layer alone: have the layer made again with the file itself in it'
refuses h 'it is a hard link to "l/victim"' "[('l', S, '$work/outside', b''), ('h', L, 'l/victim', b'')]"
refuses f/below 'its parent "f" is no directory in this layer' '[("f", F, "", b""), ("f/below", F, "", b"")]'
assert_says log 'have the layer made again without the file "/f"'
refuses .wh.. 'it is a whiteout of nothing, of "." or of ".."' '[(".wh..", F, "", b"")]'
refuses a/.wh... 'it is a whiteout of nothing, of "." or of ".."' '[("a/.wh...", F, "", b"")]'
refuses l/x 'its name leads through more than 255 symlinks of this layer: they form a loop' '[("l", S, "m", b""), ("m", S, "l", b""), ("l/x", F, "", b"")]'

# a layer that is no tar archive at all
head -c 2000 /dev/urandom | tr -d '\0' >no.0.tar
python3 "$support/layout_of.py" base-no no.0.tar
exits 2 "$MABPLAN" build --platform linux/amd64 --build-context "hostile=oci-layout://$PWD/base-no" -o type=local,dest=out-no context
assert_says log 'the tar archive is damaged or cut short at its start'
assert_says log 'hint: nobody can unpack this layer as it is: have the image made again from the same files'
assert_says log 'Dockerfile:1'

# A budget for what a layer or an archive unpacks to, whatever it is packed to.
limits=(--max-layer-size 1MB)
next_base '[("small", F, "", b"x" * 10), ("big", F, "", bytes(1000000))]'
exits 2 on_base
assert_says log 'the tar archive holds more than 1.00 MB (at "big")'
assert_says log 'hint: if it is meant to be so large, allow it: --max-layer-size SIZE'
assert_says log 'Dockerfile:2'
printf 'FROM hostile\nADD bomb.tar.gz /copied/\n' >context/Dockerfile
head -c 1000001 /dev/zero >big
tar -czf context/bomb.tar.gz big
next_base '[("small", F, "", b"x" * 10)]'
exits 2 on_base
assert_says log 'the tar archive holds more than 1.00 MB (at "big")'
assert_says log 'hint: if it is meant to be so large, allow it: --max-layer-size SIZE'
limits=(--max-layer-size 1100kB)
exits 0 on_base
# not for what is made here
limits=(--max-layer-size 1kB)
printf 'FROM hostile\nCOPY bomb /a/\nCOPY bomb /b/\n' >context/Dockerfile
head -c 100000 /dev/urandom >context/bomb
exits 0 on_base
printf 'FROM hostile\nADD bomb.tar.gz /copied/\n' >context/Dockerfile
for size in none 0; do
    limits=(--max-layer-size $size)
    exits 2 on_base
done
limits=(--max-layer-size none)
exits 2 on_base
assert_says log '--max-layer-size "none": expected a size'
limits=()
rm context/bomb.tar.gz
printf 'FROM hostile\nCOPY file /copied\n' >context/Dockerfile

# What containerd and podman take is taken, and stays inside.
inside() { assert_eq "$2" "$(cat "out-$number/$1")" "/$1"; }
takes "[('$work/outside/absolute', F, '', b'x')]"
inside "$work/outside/absolute" x
takes '[("../escaped", F, "", b"x"), ("a/../../../up", F, "", b"y")]'
inside escaped x
inside up y
takes "[('l', S, '$work/outside', b''), ('l/escaped', F, '', b'x'), ('l/.wh.victim', F, '', b'')]"
inside "$work/outside/escaped" x
takes '[("l", S, "../../../../../../../../tmp", b""), ("l/escaped", F, "", b"x")]'
inside tmp/escaped x
takes '[("f", F, "", b"1"), ("f", F, "", b"2"), ("d/x", F, "", b""), ("d", F, "", b"now"), ("n", C, "", b"")]'
inside f 2
inside d now
takes "[('l', S, '$work/outside', b''), ('l/', D, '', b''), ('l/victim', F, '', b'x')]"
chmod u+x "out-$number/l"
inside l/victim x
takes "[('l', S, '$work/outside', b''), ('l', L, 'l', b''), ('.', F, '', b'x'), ('/', S, '$work/outside', b'')]"
takes "[('/', D, '', b''), ('f', F, '', b'x'), ('h', L, '/f', b'')]"
assert_eq x "$(cat out-$number/h)"
takes "[('d/', D, '', b''), ('d/f', F, '', b'1'), ('d/', D, '', b'')]"
# a symlink of one layer is replaced, not followed, by the folder of the next one; a whiteout through it takes nothing away
takes "[('l', S, '$work/outside', b'')]" "[('l/through', F, '', b'x')]"
takes "[('l', S, '$work/outside', b'')]" "[('l/.wh.victim', F, '', b'')]"
# and a COPY through one stays in the image
printf 'FROM hostile\nCOPY file /l/\n' >context/Dockerfile
takes "[('l', S, '$work/outside', b'')]"
assert_eq victim "$(ls outside)" "only what was there is outside"
assert_eq kept "$(cat outside/victim)"
[ ! -e escaped ] && [ ! -e /tmp/escaped ] || fail "something escaped"
