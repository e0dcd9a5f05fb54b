#!/usr/bin/env python3
"""Writes an OCI layout with one image for linux/amd64, whose layers are as strangers make them: every entry is one that the caller wrote.

usage: strange_base.py OUT [--on LAYOUT] [--settings JSON] [--document JSON] [--layer-type TYPE] LAYER…

LAYER      a Python list of entries: (name, kind) or (name, kind, {attribute: value}), with F, D, L, S, C for file, folder, hard link, symlink
           and character device; `content` is the bytes of a file, `link` its target, `xattrs` a dictionary, all else an attribute of tarfile.TarInfo
--on       below them the layers of the image for linux/amd64 in this layout
--settings the "config" of the configuration; --document: members of the configuration itself
--layer-type  what the manifest says of the layers, in place of their media type
"""
import argparse
import gzip
import io
import json
import pathlib
import tarfile

from tiny_bases import Layout

F, D, L, S, C = tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.LNKTYPE, tarfile.SYMTYPE, tarfile.CHRTYPE


def tar_of(entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name, kind, *rest in entries:
            facts = dict(rest[0]) if rest else {}
            content = facts.pop("content", b"")
            entry = tarfile.TarInfo(name)
            entry.type, entry.size, entry.linkname, entry.mtime = kind, len(content), facts.pop("link", ""), 1000
            entry.mode = 0o755 if kind == D else 0o644
            entry.pax_headers = {f"SCHILY.xattr.{key}": value for key, value in facts.pop("xattrs", {}).items()}
            for key, value in facts.items():
                setattr(entry, key, value)
            tar.addfile(entry, io.BytesIO(content))
    return out.getvalue()


def layers_of(layout):
    """The unpacked layers of the image for linux/amd64."""
    def read(descriptor):
        return (layout / "blobs" / descriptor["digest"].replace(":", "/")).read_bytes()
    found = json.loads((layout / "index.json").read_text())
    while "layers" not in found:
        images = [image for image in found["manifests"] if image.get("platform", {"architecture": "amd64"})["architecture"] == "amd64"]
        found = json.loads(read(images[0]))
    blobs = [read(layer) for layer in found["layers"]]
    return [gzip.decompress(blob) if blob[:2] == b"\x1f\x8b" else blob for blob in blobs]


class Strange(Layout):
    def __init__(self, folder, document, layer_type):
        super().__init__(folder)
        self.document, self.layer_type = document, layer_type

    def put(self, media_type, content):
        if media_type == "config.v1+json":
            content = {**content, **self.document}
            content = {key: value for key, value in content.items() if value != "absent"}
        descriptor = super().put(media_type, content)
        if media_type == "layer.v1.tar" and self.layer_type:
            descriptor["mediaType"] = self.layer_type
        return descriptor


def main():
    words = argparse.ArgumentParser(usage=__doc__)
    words.add_argument("out", type=pathlib.Path)
    words.add_argument("layers", nargs="*")
    words.add_argument("--on", type=pathlib.Path)
    words.add_argument("--settings", type=json.loads, default={})
    words.add_argument("--document", type=json.loads, default={})
    words.add_argument("--layer-type")
    asked = words.parse_intermixed_args()
    below = layers_of(asked.on) if asked.on else []
    layout = Strange(asked.out, asked.document, asked.layer_type)
    layout.add("latest", ["linux/amd64"], asked.settings, lambda _: below + [tar_of(eval(layer)) for layer in asked.layers])
    layout.finish()


main()
