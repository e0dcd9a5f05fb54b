#!/usr/bin/env bash
# A layer without entries for the folders of its files: they are as the layers below have them, in RUN, COPY, exports, `image run` and
# mounts, and nothing of another look gets into an image.
. "$(dirname "$0")/../support/e2e.sh"

# base NAME LAYER…: an image on busybox, for linux/amd64.
base() { python3 "$support/strange_base.py" "$1" --on "$MABPLAN_BASES/busybox" "${@:2}"; }
# what FOLDER…: mode, owner and time of each, on one line.
look='for f in $FOLDERS; do printf "%s " "$(stat -c %a,%u:%g,%Y $f)"; done'
build_on() {
    local name=$1
    shift
    "$MABPLAN" build --platform linux/amd64 --build-context "strange=oci-layout://$PWD/$name" "$@" context >log 2>&1 || { cat log >&2; fail "mabplan build ended with $?"; }
}
exported() { tar --numeric-owner --full-time -tvf "$1" | TZ=UTC awk -v want="$2/" '$NF == want { print $1, $2, $4, $5 }'; }

below='[("tmp/", D, {"mode": 0o1777, "mtime": 11}), ("d/", D, {"mode": 0o711, "mtime": 12, "uid": 3, "gid": 4, "xattrs": {"user.note": "kept"}}), ("d/e/", D, {"mode": 0o700, "mtime": 13}), ("d/e/old", F), ("plain", F)]'
# files alone, as bazel and crane write them; nested; a whiteout alone; opaque without its directory; something that was no directory
base files "$below" '[("tmp/x", F), ("d/e/new", F), ("fresh/f", F)]'
base twice "$below" '[("tmp/x", F)]' '[("d/e/f/g", F), ("tmp/y", F)]'
base whiteout "$below" '[("tmp/.wh.none", F), ("d/e/.wh.old", F)]'
base opaque "$below" '[("tmp/.wh..wh..opq", F), ("d/.wh..wh..opq", F), ("d/e/new", F)]'
# a layer above may say it anew, another one above that says nothing again
base anew "$below" '[("tmp/x", F), ("d/e/f", F)]' '[("tmp/", D, {"mode": 0o1755, "mtime": 14})]' '[("tmp/z", F)]'

export FOLDERS="/tmp /d /d/e"
cat >context/Dockerfile <<END
FROM strange AS look
ENV FOLDERS="$FOLDERS"
RUN $look >/seen
RUN touch /tmp/more && mkdir /d/more && chmod g+s /d/e
FROM strange AS other
RUN --mount=from=strange,target=/mnt FOLDERS="/mnt/tmp /mnt/d /mnt/d/e"; $look >/seen
FROM scratch
COPY --from=look / /
COPY --from=other /seen /mounted
END
for name in files twice whiteout opaque anew; do
    tmp=1777,0:0,11
    [ "$name" != anew ] || tmp=1755,0:0,14
    build_on "$name" -o type=tar,dest="$name.tar" -o "type=oci,dest=$name.out,tar=false"
    expected="$tmp 711,3:4,12 700,0:0,13 "
    for seen in seen mounted; do assert_eq "$expected" "$(tar -xOf "$name.tar" $seen)" "$name: RUN ($seen)"; done
    assert_eq "$expected" "$("$MABPLAN" image run --platform linux/amd64 "$name" sh -c "FOLDERS='$FOLDERS'; $look")" "$name: image run"
    # what RUN changed is as it made it, all else as it was
    for line in "drwx--x--x 3/4 d" "drwx--S--- 0/0 d/e"; do
        set -- $line
        assert_eq "$1 $2" "$(exported "$name.tar" "$3" | cut -d' ' -f1,2)" "$name: /$3 after a COPY of all"
    done
    case $name in anew) mode=drwxr-xr-t ;; *) mode=drwxrwxrwt ;; esac
    assert_eq "$mode 0/0" "$(exported "$name.tar" tmp | cut -d' ' -f1,2)" "$name: /tmp after a COPY of all"
done
tar --xattrs -xf files.tar d
assert_eq kept "$(python3 -c 'import os; print(os.getxattr("d", "user.note").decode())')"
assert_eq drwxr-xr-x "$(tar -tvf files.tar fresh/ | awk 'NR == 1 { print $1 }')"

# A RUN that changes nothing of it writes nothing of it, and one that puts a file there writes the folder as it is.
printf 'FROM strange\nRUN ls -la / /tmp /d\nRUN echo x >/tmp/own\n' >context/Dockerfile
build_on files -o "type=oci,dest=run,tar=false"
skopeo copy -q oci:run dir:layers
last_two=$(python3 -c 'import json; print(*[l["digest"].split(":")[1] for l in json.load(open("layers/manifest.json"))["layers"][-2:]])')
set -- $last_two
assert_eq "" "$(tar -tzf "layers/$1")"
assert_eq "drwxrwxrwt tmp/ -rw-r--r-- tmp/own" "$(tar -tvzf "layers/$2" | awk '{ print $1, $NF }' | xargs)"

# An opaque mark at the root hides all that lies below, wherever one looks.
base bare "$below" '[(".wh..wh..opq", F), ("bin/", D), ("only", F), ("tmp/x", F)]' '[("more", F)]'
printf 'FROM strange AS bare\nFROM busybox\nCOPY --from=bare / /copied/\nRUN --mount=from=bare,target=/mnt cd /mnt && find . | sort >/mounted; stat -c %%a /mnt/tmp >>/mounted\nRUN cd /copied && find . | sort >/found; stat -c %%a /copied/tmp >>/found\n' >context/Dockerfile
build_on bare --build-context "busybox=$busybox" -o type=tar,dest=bare.tar
for seen in mounted found; do assert_eq ". ./bin ./more ./only ./tmp ./tmp/x 1777" "$(tar -xOf bare.tar $seen | xargs)" "an opaque root: $seen"; done
printf 'FROM strange\n' >context/Dockerfile
build_on bare -o type=tar,dest=bare.tar
assert_eq "bin/ more only tmp/ tmp/x" "$(tar -tf bare.tar | grep -v '^\./$' | sort | xargs)" "an opaque root: exported"
assert_eq drwxrwxrwt "$(exported bare.tar tmp | cut -d' ' -f1)" "an opaque root: a folder that comes again, exported"
printf 'FROM strange\nRUN true\n' >context/Dockerfile
exits 1 "$MABPLAN" build --platform linux/amd64 --build-context "strange=oci-layout://$PWD/bare" context  # no shell is left

# An export of the image itself, with and without a step; the folders are there with their times.
printf 'FROM strange\n' >context/Dockerfile
build_on files -o type=tar,dest=plain.tar -o type=local,dest=plain
assert_eq "drwxrwxrwt 0/0 1970-01-01 00:00:11" "$(exported plain.tar tmp)"
assert_eq "1777 11" "$(stat -c '%a %Y' plain/tmp)"
assert_eq "700 13" "$(stat -c '%a %Y' plain/d/e)"

# The root, too: a base that describes it, below layers that do not.
base root '[("./", D, {"mode": 0o700, "mtime": 9, "xattrs": {"user.root": "r"}})]' '[("file", F)]'
printf 'FROM strange\nRUN stat -c %%a / >/seen\nRUN rm /seen && stat -c %%a / >/again\n' >context/Dockerfile
build_on root -o type=tar,dest=root.tar -o "type=oci,dest=root.out,tar=false"
assert_eq 700 "$(tar -xOf root.tar again)"
skopeo copy -q oci:root.out dir:root.layers
last=$(python3 -c 'import json; print(json.load(open("root.layers/manifest.json"))["layers"][-1]["digest"].split(":")[1])')
assert_eq drwx------ "$(tar -tvzf "root.layers/$last" | awk '$NF == "./" { print $1 }')"
