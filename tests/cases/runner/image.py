"""The images of an OCI layout on disk: platform, configuration, history and root file system of each."""
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
        document = self._read(manifest["config"]["digest"])
        layers = [_layer(self._blob(layer["digest"])) for layer in manifest["layers"]]
        return {
            "platform": "/".join(filter(None, (document["os"], document["architecture"], document.get("variant")))),
            "config": document.get("config") or {},
            "history": document.get("history") or [],
            "fs": flatten(layers),
        }


_layers = {}


def _layer(path):
    """Layers of bases are met in every image, each time in another folder: each digest is read once."""
    if path.name not in _layers:
        _layers[path.name] = read_layer(path)
    return _layers[path.name]
