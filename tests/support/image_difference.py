#!/usr/bin/env python3
"""Says in what two OCI layouts of one image differ: the layers by their entries.

usage: image_difference.py LAYOUT LAYOUT

Prints a line a difference and ends with 1 if there is any. Reads gzip, zstd (by the program zstd) and plain layers.
"""
import hashlib
import io
import json
import pathlib
import subprocess
import sys
import tarfile

FACTS = ("type", "mode", "uid", "gid", "mtime", "link", "xattrs", "content")


class Layout:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def blob(self, digest):
        return (self.folder / "blobs/sha256" / digest.partition(":")[2]).read_bytes()

    def manifests(self, descriptor):
        manifest = json.loads(self.blob(descriptor["digest"]))
        if "manifests" in manifest:
            return [found for entry in manifest["manifests"] for found in self.manifests(entry)]
        return [manifest]

    def images(self):
        return self.manifests(json.loads((self.folder / "index.json").read_text())["manifests"][0])

    def entries(self, layer):
        data = self.blob(layer["digest"])
        if layer["mediaType"].endswith("+zstd"):
            data = subprocess.run(["zstd", "-dcq"], input=data, check=True, stdout=subprocess.PIPE).stdout
        found = {}
        with tarfile.open(fileobj=io.BytesIO(data)) as archive:
            for info in archive:
                content = hashlib.sha256(archive.extractfile(info).read()).hexdigest() if info.isreg() else ""
                xattrs = {key: value for key, value in info.pax_headers.items() if key.startswith("SCHILY.xattr.")}
                found[info.name] = (info.type, info.mode, info.uid, info.gid, info.mtime, info.linkname, xattrs, content)
        return found


def differences(first, second):
    for number, (a, b) in enumerate(zip(first.images(), second.images())):
        if len(a["layers"]) != len(b["layers"]):
            yield f"image {number}: {len(a['layers'])} layers and {len(b['layers'])}"
        for layer, (one, other) in enumerate(zip(a["layers"], b["layers"])):
            if one["digest"] == other["digest"]:
                continue
            left, right = first.entries(one), second.entries(other)
            for path in sorted(left.keys() | right.keys()):
                if path not in left or path not in right:
                    yield f"image {number}, layer {layer}: /{path} is in one only"
                elif left[path] != right[path]:
                    yield f"image {number}, layer {layer}: /{path} differs in " + ", ".join(
                        name for name, x, y in zip(FACTS, left[path], right[path]) if x != y)
        if a["config"]["digest"] != b["config"]["digest"]:
            yield f"image {number}: the configurations differ"


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    found = list(differences(Layout(sys.argv[1]), Layout(sys.argv[2])))
    print("\n".join(found) or "no difference")
    sys.exit(1 if found else 0)
