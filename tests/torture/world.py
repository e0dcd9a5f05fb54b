"""A small project with everything that a store keeps: layers of commands and copies, a cache mount, outputs of several types, a name. Knows what a
store has to be like whatever happened to it: verify finds nothing, the next build gives the same image, nothing unfinished is left.
"""
import hashlib
import json
import os
import shutil
import subprocess

DOCKERFILE = """FROM busybox AS build
COPY files /files
RUN --mount=type=cache,target=/kept cat /files/* > /all; date > /kept/last
FROM busybox
COPY --from=build /all /all
RUN echo end >> /all
"""


class Broken(Exception):
    """Something that must never be."""


def write_project(folder, files=12, text="one"):
    (folder / "files").mkdir(parents=True, exist_ok=True)
    for number in range(files):
        (folder / "files" / f"f{number}").write_text(f"{text} {number}\n" * 40)
    (folder / "Dockerfile").write_text(DOCKERFILE)
    return folder


def remove(path):
    """Also what belongs to other ids of this user's."""
    shutil.rmtree(path, ignore_errors=True)
    if path.exists():
        subprocess.run(["unshare", "--map-auto", "--map-root-user", "rm", "-rf", path], check=False)


def fingerprint(path):
    """Of a file, or of all below a folder: names, kinds, modes and contents."""
    digest = hashlib.sha256()
    paths = [path] if not path.is_dir() else sorted(path.rglob("*"))
    for each in paths:
        digest.update(f"{each.relative_to(path)} {each.lstat().st_mode:o}\n".encode())
        if each.is_symlink():
            digest.update(os.readlink(each).encode())
        elif each.is_file():
            digest.update(each.read_bytes())
    return digest.hexdigest()


class World:
    """A folder with a project, its store and its outputs, and what a clean build of it gives."""

    def __init__(self, mabplan, busybox, folder):
        self.mabplan = mabplan
        self.busybox = f"busybox=oci-layout://{busybox}:latest"
        self.folder = folder
        self.store = folder / "store"
        self.out = folder / "out"
        self.project = write_project(folder / "project")
        self.reference = self.digest_of_clean()

    def environment(self, store=None):
        return {**os.environ, "MABPLAN_CACHE_DIR": str(store or self.store), "HOME": str(self.folder), "NO_COLOR": "1", "TMPDIR": str(self.folder),
                "MABPLAN_CACHE_BUDGET": "off"}

    def run(self, *words, store=None, prefix=(), timeout=60):
        return subprocess.run([*prefix, self.mabplan, *words], env=self.environment(store), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=timeout, cwd=self.folder)

    def build_words(self, out=None, kind="oci", project=None):
        dest = {"oci": f"type=oci,dest={out or self.out},tar=false", "tar": f"type=oci,dest={self.out}.tar", "local": f"type=local,dest={self.out}-local",
                "docker": f"type=docker,dest={self.out}-docker.tar", "none": "type=cacheonly"}[kind]
        return ["build", "--progress", "plain", "--build-context", self.busybox, "-t", "torture:1", "-o", dest, project or self.project]

    def digest(self, out=None):
        index = json.loads(((out or self.out) / "index.json").read_text())
        return index["manifests"][-1]["digest"]

    def digest_of_clean(self):
        """What a build in a store of its own gives."""
        store, out = self.folder / "clean-store", self.folder / "clean-out"
        done = self.run(*self.build_words(out), store=store)
        if done.returncode != 0:
            raise Broken(f"the clean build failed: {done.stdout.decode(errors='replace')}")
        digest = self.digest(out)
        remove(store)
        remove(out)
        return digest

    def forget(self):
        for path in (self.store, self.out, self.folder / "out-local"):
            remove(path)
        for path in (self.folder / "out.tar", self.folder / "out-docker.tar"):
            path.unlink(missing_ok=True)

    def fill(self, store=None):
        """A build into an empty store: a copied one has other times, and is looked through first."""
        done = self.run(*self.build_words(), store=store)
        if done.returncode != 0:
            raise Broken(f"a build ends with {done.returncode}: {done.stdout.decode(errors='replace')}")

    def check(self, what, verify=True):
        """Whatever happened, this has to hold."""
        if verify and self.store.exists():
            found = self.run("cache", "verify")
            if found.returncode != 0:
                raise Broken(f"{what}: verify ends with {found.returncode}: {found.stdout.decode(errors='replace')}")
        done = self.run(*self.build_words())
        text = done.stdout.decode(errors="replace")
        if done.returncode != 0:
            raise Broken(f"{what}: the next build ends with {done.returncode}: {text}")
        if "warning: " in text and verify:
            raise Broken(f"{what}: the next build warns: {text}")
        if self.digest() != self.reference:
            raise Broken(f"{what}: another image, {self.digest()} and not {self.reference}")
        again = self.run(*self.build_words())
        if again.returncode != 0 or "nothing to do" not in again.stdout.decode(errors="replace"):
            raise Broken(f"{what}: not all is found again: {again.stdout.decode(errors='replace')}")
        self.check_leftovers(what)

    def check_leftovers_of_store(self, what):
        left = sorted(os.listdir(self.store / "tmp"))
        if left:
            raise Broken(f"{what}: left in the store: {left}")
        if any((self.store / "running").glob("*")):
            raise Broken(f"{what}: left in running/: {os.listdir(self.store / 'running')}")

    def check_leftovers(self, what):
        self.check_leftovers_of_store(what)
        for path in self.folder.rglob("*mabplan-tmp*"):
            if self.store not in path.parents:
                raise Broken(f"{what}: left beside an output: {path}")
        blobs = set(os.listdir(self.out / "blobs/sha256"))
        for blob in blobs:
            if len(blob) != 64:
                raise Broken(f"{what}: left in the layout: {blob}")
