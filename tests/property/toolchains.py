"""Base images with build tools, OCI layouts made of Debian packages of the machine's own apt sources. Knows nothing of what is built in them.

    c       busybox, make, ninja and tcc, which compiles a file in a millisecond; what is in tools/ here
    cargo   busybox, cargo and rustc, with the linker that they need

What is there already is left alone; processes that want the same one wait for each other.
"""
import contextlib
import fcntl
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "tools/dev"))
from layout_from_debs import BUSYBOX_ACCOUNTS, NOT_NEEDED, PATH, PLATFORMS, Layout, Tree, add_package, applet_names, busybox_program  # noqa: E402

C_PACKAGES = ("busybox-static", "tcc", "libc6", "libc6-dev", "make", "ninja-build", "libgcc-s1", "libstdc++6")
CARGO_PACKAGES = ("busybox-static", "cargo")
# Static libraries but those that every program is linked with, sanitizers, compilers of C, debuggers: none is used here.
UNUSED = re.compile(r"usr/(include|share)/|.*/(gprofng|audit|perl5)/|.*/(cc1|lto1|lto-wrapper|lib[atl]san\S*|libubsan\S*|libgprofng\S*)$"
                    r"|usr/lib/[^/]+/lib(c|m-2\.\d+|mvec|resolv)\.a$")


class Unavailable(Exception):
    """Why a base image can't be had here."""


def native_architecture():
    return subprocess.run(["dpkg", "--print-architecture"], check=True, capture_output=True, text=True).stdout.strip()


class Apt:
    """apt with folders of its own, so that the machine's package state is not touched."""

    def __init__(self, folder, lists=None):
        self.folder = folder
        self.lists = lists or folder / "lists"
        for name in ("lists/partial", "cache/archives/partial"):
            (folder / name).mkdir(parents=True)
        (folder / "status").write_text("")  # nothing counts as installed

    def run(self, *words):
        user = subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()
        command = ["apt-get", "-q", "-o", f"Dir::State::Lists={self.lists}", "-o", f"Dir::Cache={self.folder}/cache",
                   "-o", f"Dir::State::status={self.folder}/status", "-o", f"APT::Sandbox::User={user}", "-o", "Acquire::Languages=none"]
        ended = subprocess.run(command + list(words), cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if ended.returncode != 0:
            raise Unavailable(f"apt-get {words[0]} ended with {ended.returncode}: {' '.join(ended.stdout.strip().splitlines()[-1:])}")

    def fetch(self, packages, with_dependencies):
        """The packages' files."""
        if with_dependencies:
            self.run("-y", "--no-install-recommends", "--download-only", "install", *packages)
            return sorted((self.folder / "cache/archives").glob("*.deb"))
        self.run("download", *packages)
        return sorted(self.folder.glob("*.deb"))


def fetch_packages(work, packages, with_dependencies):
    """By the machine's own package lists; with new ones where it has none, or they are too old."""
    try:
        return Apt(work / "known", pathlib.Path("/var/lib/apt/lists")).fetch(packages, with_dependencies)
    except Unavailable:
        apt = Apt(work / "renewed")
        apt.run("update")
        return apt.fetch(packages, with_dependencies)


def add_busybox(tree, deb):
    tree.add("usr/bin/busybox", mode=0o755, data=busybox_program(deb))
    for applet in applet_names({native_architecture(): deb}):
        if f"usr/bin/{applet}" not in tree.entries:
            tree.add_link(f"usr/bin/{applet}", "busybox")
    for path, text in BUSYBOX_ACCOUNTS.items():
        tree.add(path, data=text.encode())


def remove_unused(tree):
    for path in [path for path in tree.entries if UNUSED.match(path) or NOT_NEEDED.match(path)]:
        del tree.entries[path]


def make_tree(debs):
    tree = Tree()
    for deb in debs:
        if not deb.name.startswith("busybox-static_"):
            add_package(tree, deb)
    remove_unused(tree)
    add_busybox(tree, next(deb for deb in debs if deb.name.startswith("busybox-static_")))
    for script in sorted((HERE / "tools").iterdir()):
        tree.add(f"usr/bin/{script.name}", mode=0o755, data=script.read_bytes())
    for name in {"bin", "sbin", "lib"} | {path[4:] for path in tree.entries if re.fullmatch(r"usr/lib(32|64|x32)", path)}:
        tree.add_link(name, "usr/" + name)
    if "usr/bin/gcc" in tree.entries:
        tree.add_link("usr/bin/cc", "gcc")
    for folder in ("dev", "proc", "sys", "root", "usr/sbin"):
        tree.add_folder(folder)
    tree.add_folder("tmp", 0o1777)
    tree.add_missing_parents()
    return tree


def write_layout(tree, folder):
    layout = Layout(folder)
    layout.finish([layout.add_image(PLATFORMS[native_architecture()], tree, {"Env": [PATH], "Cmd": ["sh"]})], "latest")


def stamp_of(packages):
    """What a base is made of; where it is another one by now, it is made anew."""
    return json.dumps([packages, {script.name: script.read_text() for script in sorted((HERE / "tools").iterdir())}])


def make_base(bases, name, packages, with_dependencies):
    """BASES/NAME, made if need be, or Unavailable."""
    bases = bases.resolve()
    done, stamp = bases / name / "made-of", stamp_of(packages)
    if done.is_file() and done.read_text() == stamp:
        return bases / name
    bases.mkdir(parents=True, exist_ok=True)
    with open(bases / f".{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if done.is_file() and done.read_text() == stamp:
            return bases / name  # another process made it while this one waited
        with contextlib.ExitStack() as cleanup:
            work = pathlib.Path(cleanup.enter_context(tempfile.TemporaryDirectory(dir=bases, prefix=".making.")))
            try:
                debs = fetch_packages(work, packages, with_dependencies)
            except OSError as error:
                raise Unavailable(f"no apt here: {error}") from error
            write_layout(make_tree(debs), work / "layout")
            (work / "layout/made-of").write_text(stamp)
            shutil.rmtree(bases / name, ignore_errors=True)
            os.rename(work / "layout", bases / name)
    return bases / name


def c_base(bases):
    return make_base(bases, "c-tools", C_PACKAGES, with_dependencies=False)


def cargo_base(bases):
    return make_base(bases, "cargo-tools", CARGO_PACKAGES, with_dependencies=True)
