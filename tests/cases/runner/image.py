"""The images of an OCI layout or a docker archive on disk: platform, configuration, history and root file system of each."""
import json
import pathlib

from .layer import read_layer
from .tree import flatten

INDEX = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")


class Layout:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def _blob(self, digest):
        return self.folder / "blobs" / digest.replace(":", "/")

    def _read(self, digest):
        return json.loads(self._blob(digest).read_bytes())

    def _manifests(self, descriptors):
        for descriptor in descriptors:
            if descriptor["mediaType"] in INDEX:
                yield from self._manifests(self._read(descriptor["digest"])["manifests"])
            else:
                yield self._read(descriptor["digest"])

    def images(self):
        """By platform, as os/arch[/variant]."""
        found = {}
        for manifest in self._manifests(json.loads((self.folder / "index.json").read_text())["manifests"]):
            image = self._image(manifest)
            found[image["platform"]] = image
        return found

    def _image(self, manifest):
        layers = [(layer["digest"], self._blob(layer["digest"])) for layer in manifest["layers"]]
        return _describe(self._read(manifest["config"]["digest"]), layers)


class DockerArchive:
    """What `docker save` writes, extracted."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def images(self):
        """As of a layout; those that have layers."""
        found = {}
        manifest = self.folder / "manifest.json"
        for entry in json.loads(manifest.read_text()) if manifest.exists() else []:
            document = json.loads((self.folder / entry["Config"]).read_text())
            if not entry["Layers"]:
                continue
            image = _describe(document, zip(document["rootfs"]["diff_ids"], [self.folder / layer for layer in entry["Layers"]]))
            found[image["platform"]] = image
        return found


def _describe(document, layers):
    """layers: pairs of digest and file."""
    return {
        "platform": "/".join(filter(None, (document["os"], document["architecture"], document.get("variant")))),
        "config": document.get("config") or {},
        "history": document.get("history") or [],
        "fs": flatten([_layer(digest, path) for digest, path in layers]),
    }


_layers = {}


def _layer(digest, path):
    """Layers of bases are met in every image, each time in another folder: each digest is read once."""
    if digest not in _layers:
        _layers[digest] = read_layer(path)
    return _layers[digest]
