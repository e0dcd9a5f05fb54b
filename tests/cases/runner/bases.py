"""The base images that cases build on: made once by the folder of cases itself, named to the build as contexts, listed."""
import os
import shutil
import subprocess

from .image import Layout

REGISTRY = "localhost:5002"
# Some cases put a tag together out of variables; each of these is the image without it.
TAGS = {"busybox": ("latest", "1.31", "1.36.1", "1.37.0"), "alpinelike": ("latest", "3.9")}


def tags_of(name):
    """The names that Dockerfiles may use for a base."""
    return [f"{REGISTRY}/{name}:{tag}" for tag in TAGS.get(name, ("latest",))]


class Bases:
    def __init__(self, cases, work, copy=None):
        """Makes them into the folder work, unless they are there; copy: a folder for a copy, where the builder may not see work."""
        self._listings = {}
        script = cases / "_bases" / "make_bases.sh"
        if script.exists() and not (work / "made").exists():
            work.mkdir(parents=True, exist_ok=True)
            subprocess.run(["sh", script, work], check=True, env={**os.environ, "PUSH": "0"}, stdout=subprocess.DEVNULL)
            (work / "made").touch()
        self.layouts = copy or work / "layouts"
        if copy and (work / "layouts").exists():
            shutil.copytree(work / "layouts", copy)

    def folders(self):
        return sorted(self.layouts.glob("*"))

    def contexts(self):
        """What --build-context takes, for each name that a Dockerfile may use."""
        for layout in self.folders():
            for name in (f"{REGISTRY}/{layout.name}", *tags_of(layout.name)):
                yield f"{name}=oci-layout://{layout}:latest"

    def listing(self, name):
        """The root file system of NAME-OS-ARCH: of what was made now, whose packages may be newer than those of the cases."""
        if name not in self._listings:
            layout, *platform = name.rsplit("-", 2)
            self._listings[name] = Layout(self.layouts / layout).images()["/".join(platform)]["fs"]
        return self._listings[name]
