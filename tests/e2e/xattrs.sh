#!/usr/bin/env bash
# Extended attributes that belong into a layer: user.* and security.capability, in both of its forms, whoever builds.
. "$(dirname "$0")/../support/e2e.sh"

cc -static -o context/set_xattr "$support/set_xattr.c" 2>cc.log || skip "no static C library: $(tail -n 1 cc.log)"
v2=0100000200200000000000000000000000000000  # cap_net_raw, effective: vfs_cap_data, revision 2 (linux/capability.h)
v3=0100000300200000000000000000000000000000e8030000  # the same for the root of a namespace that is uid 1000, revision 3
as_v3_of_root=${v3:0:40}00000000

# A base whose layer was made elsewhere.
python3 - $v3 $as_v3_of_root >base.tar <<'PY'
import sys, tarfile
def record(key, value):
    rest = b" " + key + b"=" + value + b"\n"
    size = len(rest) + 1
    while len(str(size)) + len(rest) != size:
        size = len(str(size)) + len(rest)
    return str(size).encode() + rest
def entry(name, kind, content):
    header = tarfile.TarInfo(name)
    header.type, header.size = kind, len(content)
    return header.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512)
for name, value in zip(["of_1000", "of_root"], sys.argv[1:]):
    sys.stdout.buffer.write(entry("pax", tarfile.XHDTYPE, record(b"SCHILY.xattr.security.capability", bytes.fromhex(value))))
    sys.stdout.buffer.write(entry(name, tarfile.REGTYPE, b"x"))
sys.stdout.buffer.write(bytes(1024))
PY
python3 "$support/layout_of.py" base base.tar

# xattrs LAYOUT LAYER-NUMBER NAME: "attribute=hex" of a file in a layer.
xattrs() {
    python3 - "$@" <<'PY'
import json, sys, tarfile
out, number, name = sys.argv[1:]
document = json.load(open(f"{out}/index.json"))
while "layers" not in document:
    document = json.load(open(f"{out}/blobs/{document['manifests'][0]['digest'].replace(':', '/')}"))
layer = document["layers"][int(number)]
with tarfile.open(f"{out}/blobs/{layer['digest'].replace(':', '/')}") as tar:
    found = tar.getmember(name).pax_headers
print(*sorted(key.removeprefix("SCHILY.xattr.") + "=" + value.encode("utf-8", "surrogateescape").hex() for key, value in found.items() if key.startswith("SCHILY.xattr.")))
PY
}

dockerfile <<END
FROM busybox AS made
COPY set_xattr /
RUN echo x >/f && /set_xattr /f security.capability $v2 && /set_xattr /f user.note 6869
RUN [ "\$(/set_xattr /f security.capability)" = $v2 ] && ln /f /g

FROM made
COPY --from=made /f /copied
COPY --from=foreign / /foreign/
END
build out --build-context "foreign=oci-layout://$PWD/base"
layers=$(skopeo inspect "oci:out" | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["Layers"]))')
assert_eq "security.capability=$v2 user.note=6869" "$(xattrs out $((layers - 4)) f)"
assert_eq "security.capability=$v2 user.note=6869" "$(xattrs out $((layers - 2)) copied)"
assert_eq "security.capability=$v3" "$(xattrs out $((layers - 1)) foreign/of_1000)"
assert_eq "security.capability=$v2" "$(xattrs out $((layers - 1)) foreign/of_root)"

# The same where layers are held in memory.
require_no_namespaces
dockerfile <<'END'
FROM foreign AS empty
FROM scratch
COPY --from=empty / /foreign/
COPY --from=foreign / /foreign/again/
END
foreign=(--build-context "foreign=oci-layout://$PWD/base")
build on-disk "${foreign[@]}"
export MABPLAN_CACHE_DIR=$work/other-store
exits 0 without_namespaces "$MABPLAN" build "${foreign[@]}" -o type=oci,dest=in-memory,tar=false context
assert_eq "$(image_digest on-disk)" "$(image_digest in-memory)"
assert_eq "security.capability=$v3" "$(xattrs in-memory 1 foreign/again/of_1000)"
assert_eq "security.capability=$v2" "$(xattrs in-memory 1 foreign/again/of_root)"
