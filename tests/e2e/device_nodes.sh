#!/usr/bin/env bash
# Device nodes of base images and archives cannot be made in a user namespace: they stay in images, copies and tars all the same.
. "$(dirname "$0")/../support/e2e.sh"

devices() {
    python3 - "$1" <<'PY'
import sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
    def add(name, kind, mode, major=0, minor=0):
        entry = tarfile.TarInfo(name)
        entry.type, entry.mode, entry.devmajor, entry.devminor, entry.mtime = kind, mode, major, minor, 1000
        tar.addfile(entry)
    add("nodes", tarfile.DIRTYPE, 0o755)
    add("nodes/null", tarfile.CHRTYPE, 0o666, 1, 3)
    add("nodes/disk", tarfile.BLKTYPE, 0o660, 8, 1)
PY
}
listed() { tar -tvf "$1" | awk '/nodes\// && /^[bc]/ { print $1, $3, $NF }' | sort | xargs; }

devices base.tar
devices context/added.tar
python3 "$support/layout_of.py" base base.tar
dockerfile <<'END'
FROM devices AS first
ADD added.tar /added/
FROM scratch
COPY --from=first / /copied/
END
exits 0 "$MABPLAN" build --platform linux/amd64 --build-context "devices=oci-layout://$PWD/base" -o type=tar,dest=root.tar -o type=oci,dest=out,tar=false -o type=local,dest=files context
all="brw-rw---- 8,1 copied/added/nodes/disk brw-rw---- 8,1 copied/nodes/disk crw-rw-rw- 1,3 copied/added/nodes/null crw-rw-rw- 1,3 copied/nodes/null"
assert_eq "$all" "$(listed root.tar)"
assert_says log '"/copied/nodes/null" is no file, folder or link: it is left out'
[ -d files/copied/nodes ] && [ ! -e files/copied/nodes/null ] || fail "a device was written"
layer=$(python3 -c 'import json
document = json.load(open("out/index.json"))
while "layers" not in document:
    document = json.load(open("out/blobs/" + document["manifests"][0]["digest"].replace(":", "/")))
print("out/blobs/" + document["layers"][0]["digest"].replace(":", "/"))')
assert_eq "$all" "$(listed "$layer")"

# The same where layers are held in memory.
require_no_namespaces
export MABPLAN_CACHE_DIR=$work/other-store
exits 0 without_namespaces "$MABPLAN" build --platform linux/amd64 --build-context "devices=oci-layout://$PWD/base" -o type=oci,dest=in-memory,tar=false context
assert_eq "$(image_digest out)" "$(image_digest in-memory)"
