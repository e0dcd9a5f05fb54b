#!/usr/bin/env bash
# Extended attributes that belong into a layer: user.* and security.capability, in both of its forms, whoever builds.
. "$(dirname "$0")/../support/e2e.sh"

cc -static -o context/set_xattr "$support/set_xattr.c" 2>cc.log || skip "no static C library: $(tail -n 1 cc.log)"
v2=0100000200200000000000000000000000000000  # cap_net_raw, effective: vfs_cap_data, revision 2 (linux/capability.h)
v3=0100000300200000000000000000000000000000e8030000  # the same for the root of a namespace that is uid 1000, revision 3
as_v3_of_root=${v3:0:40}00000000

# A base whose layer was made elsewhere.
python3 - base $v3 $as_v3_of_root <<'PY'
import hashlib, io, json, os, sys, tarfile
out, *values = sys.argv[1:]
os.makedirs(f"{out}/blobs/sha256")
def blob(content, media):
    digest = hashlib.sha256(content).hexdigest()
    open(f"{out}/blobs/sha256/{digest}", "wb").write(content)
    return {"mediaType": f"application/vnd.oci.image.{media}", "digest": f"sha256:{digest}", "size": len(content)}
packed = io.BytesIO()
def record(key, value):
    rest = b" " + key + b"=" + value + b"\n"
    size = len(rest) + 1
    while len(str(size)) + len(rest) != size:
        size = len(str(size)) + len(rest)
    return str(size).encode() + rest
def entry(name, kind, content):
    header = tarfile.TarInfo(name)
    header.type, header.size = kind, len(content)
    packed.write(header.tobuf(tarfile.USTAR_FORMAT) + content + bytes(-len(content) % 512))
for name, value in zip(["of_1000", "of_root"], values):
    entry("pax", tarfile.XHDTYPE, record(b"SCHILY.xattr.security.capability", bytes.fromhex(value)))
    entry(name, tarfile.REGTYPE, b"x")
packed.write(bytes(1024))
layer = blob(packed.getvalue(), "layer.v1.tar")
config = blob(json.dumps({"architecture": "amd64", "os": "linux", "config": {}, "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}}).encode(), "config.v1+json")
manifest = blob(json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config, "layers": [layer]}).encode(), "manifest.v1+json")
json.dump({"schemaVersion": 2, "manifests": [manifest]}, open(f"{out}/index.json", "w"))
json.dump({"imageLayoutVersion": "1.0.0"}, open(f"{out}/oci-layout", "w"))
PY

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
