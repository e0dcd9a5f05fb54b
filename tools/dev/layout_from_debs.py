#!/usr/bin/env python3
"""Writes one base image, an OCI layout, out of downloaded Debian packages.

usage: layout_from_debs.py busybox DEBS OUT    DEBS/busybox-static_*_<arch>.deb
       layout_from_debs.py python  DEBS OUT    DEBS/<arch>/*.deb

Packages are read as archives and never installed: no maintainer script runs, so no emulation and no root is needed, and the
owners are those in the packages. The bytes depend on the packages alone: entries are sorted, times fixed, gzip has no time.
"""
import hashlib
import io
import json
import pathlib
import re
import subprocess
import sys
import tarfile
import zlib

MTIME = 315532800  # 1980-01-01, the time that mabplan itself gives to files
CREATED = "1980-01-01T00:00:00Z"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
PLATFORMS = {  # Debian's architecture -> OCI platform, in the order of the index
    "amd64": {"architecture": "amd64", "os": "linux"},
    "arm64": {"architecture": "arm64", "os": "linux", "variant": "v8"},
    "armhf": {"architecture": "arm", "os": "linux", "variant": "v7"},
    "armel": {"architecture": "arm", "os": "linux", "variant": "v5"},
    "i386": {"architecture": "386", "os": "linux"},
    "ppc64el": {"architecture": "ppc64le", "os": "linux"},
    "s390x": {"architecture": "s390x", "os": "linux"},
    "mips64el": {"architecture": "mips64le", "os": "linux"},
}
BUSYBOX_ACCOUNTS = {
    "etc/passwd": "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1:daemon:/usr/sbin:/bin/false\nbin:x:2:2:bin:/bin:/bin/false\n"
                  "www-data:x:33:33:www-data:/var/www:/bin/false\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\n",
    "etc/group": "root:x:0:\ndaemon:x:1:\nbin:x:2:\ntty:x:5:\nwww-data:x:33:\nusers:x:100:\nnogroup:x:65534:\n",
}
NOT_NEEDED = re.compile(r"usr/share/(doc|man|locale|info|lintian|bug|debconf|bash-completion)/|usr/lib/[^/]+/gconv/")


class Tree:
    """The entries of a layer by path; a later one replaces an earlier one, as unpacking packages in turn would."""

    def __init__(self):
        self.entries = {}  # path without slashes at its ends -> (TarInfo, bytes)

    def add(self, path, kind=tarfile.REGTYPE, mode=0o644, data=b"", link="", uid=0, gid=0):
        info = tarfile.TarInfo(path)
        info.type, info.mode, info.linkname, info.uid, info.gid = kind, mode, link, uid, gid
        info.size, info.mtime = len(data), MTIME
        self.entries[path] = (info, data)

    def add_folder(self, path, mode=0o755):
        self.add(path, tarfile.DIRTYPE, mode)

    def add_link(self, path, target):
        self.add(path, tarfile.SYMTYPE, 0o777, link=target)

    def add_missing_parents(self):
        for path in list(self.entries):
            for parent in pathlib.PurePosixPath(path).parents:
                if str(parent) != "." and str(parent) not in self.entries:
                    self.add_folder(str(parent))

    def tar(self):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
            # Hard links come last, so that what they name is there.
            for path in sorted(self.entries, key=lambda p: (self.entries[p][0].islnk(), p)):
                info, data = self.entries[path]
                archive.addfile(info, io.BytesIO(data))
        return out.getvalue()


def merged_usr(path):
    """Where a path of a package lies in a system whose /bin, /sbin and /lib* are links into /usr."""
    return "usr/" + path if re.match(r"(bin|sbin|lib(32|64|x32)?)(/|$)", path) else path


def output_of(*command):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def open_package(deb):
    return tarfile.open(fileobj=io.BytesIO(output_of("dpkg-deb", "--fsys-tarfile", deb)))


def add_package(tree, deb):
    with open_package(deb) as archive:
        for info in archive:
            path = merged_usr(info.name.removeprefix("./").rstrip("/"))
            if path in ("", ".") or NOT_NEEDED.match(path):
                continue
            data = archive.extractfile(info).read() if info.isreg() else b""
            link = merged_usr(info.linkname.removeprefix("./")) if info.islnk() else info.linkname
            tree.add(path, info.type, info.mode, data, link, info.uid, info.gid)


def python_tree(debs):
    tree = Tree()
    for deb in sorted(debs.glob("*.deb")):
        add_package(tree, deb)
    for name in {"bin", "sbin", "lib"} | {path[4:] for path in tree.entries if re.fullmatch(r"usr/lib(32|64|x32)", path)}:
        tree.add_link(name, "usr/" + name)
    for account in ("passwd", "group"):  # base-passwd's script would copy these
        tree.add("etc/" + account, data=tree.entries[f"usr/share/base-passwd/{account}.master"][1])
    tree.add_link("usr/bin/sh", "dash")
    tree.add_link("usr/bin/python", "python3")
    tree.add_missing_parents()
    return tree


def busybox_program(deb):
    with open_package(deb) as archive:
        return archive.extractfile(next(i for i in archive if i.isreg() and i.name.endswith("bin/busybox"))).read()


def busybox_tree(deb, applets):
    tree = Tree()
    tree.add("bin/busybox", mode=0o755, data=busybox_program(deb))
    for applet in applets:
        tree.add_link("bin/" + applet, "busybox")
    tree.add_link("usr/bin/env", "../../bin/busybox")
    for folder in ("dev", "home", "proc", "sys", "usr/sbin", "usr/local/bin", "var/www"):
        tree.add_folder(folder)
    tree.add_folder("root", 0o700)
    tree.add_folder("tmp", 0o1777)
    tree.add_folder("var/tmp", 0o1777)
    for path, text in BUSYBOX_ACCOUNTS.items():
        tree.add(path, data=text.encode())
    tree.add_missing_parents()
    return tree


def applet_names(files):
    """Asks the program of this machine's own architecture: the applets are the same on all."""
    native = output_of("dpkg", "--print-architecture").decode().strip()
    if native not in files:
        sys.exit(f"layout_from_debs.py: found architecture {native}, expected one of {', '.join(files)} to list busybox's applets")
    program = files[native].parent / "busybox.native"
    program.write_bytes(busybox_program(files[native]))
    program.chmod(0o755)
    return [name for name in output_of(program, "--list").decode().split() if name != "busybox"]


class Layout:
    def __init__(self, folder):
        self.folder = folder
        (folder / "blobs/sha256").mkdir(parents=True)
        (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')

    def add_blob(self, media_type, data):
        digest = hashlib.sha256(data).hexdigest()
        (self.folder / "blobs/sha256" / digest).write_bytes(data)
        return {"mediaType": media_type, "digest": "sha256:" + digest, "size": len(data)}

    def add_json(self, media_type, value):
        return self.add_blob(media_type, json.dumps(value, separators=(",", ":")).encode())

    def add_image(self, platform, tree, config):
        tar = tree.tar()
        compressor = zlib.compressobj(6, zlib.DEFLATED, 31)
        layer = self.add_blob("application/vnd.oci.image.layer.v1.tar+gzip", compressor.compress(tar) + compressor.flush())
        config_blob = self.add_json("application/vnd.oci.image.config.v1+json", {
            "created": CREATED, **platform, "config": config,
            "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(tar).hexdigest()]},
            "history": [{"created": CREATED, "created_by": "tools/bases"}],
        })
        manifest = self.add_json("application/vnd.oci.image.manifest.v1+json", {
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json", "config": config_blob, "layers": [layer]})
        return {**manifest, "platform": platform}

    def finish(self, manifests, tag):
        index = {"schemaVersion": 2, "mediaType": "application/vnd.oci.image.index.v1+json"}
        image = self.add_json(index["mediaType"], {**index, "manifests": manifests})
        image["annotations"] = {"org.opencontainers.image.ref.name": tag}
        (self.folder / "index.json").write_text(json.dumps({**index, "manifests": [image]}, separators=(",", ":")))


def write_python(debs, layout):
    config = {"Env": [PATH, "LANG=C.UTF-8"], "Cmd": ["python3"]}
    archs = [arch for arch in PLATFORMS if (debs / arch).is_dir()]
    layout.finish([layout.add_image(PLATFORMS[arch], python_tree(debs / arch), config) for arch in archs], "3.11-slim")


def write_busybox(debs, layout):
    files = {arch: next(debs.glob(f"busybox-static_*_{arch}.deb")) for arch in PLATFORMS}
    applets = applet_names(files)
    config = {"Env": [PATH], "Cmd": ["sh"]}
    layout.finish([layout.add_image(PLATFORMS[arch], busybox_tree(files[arch], applets), config) for arch in PLATFORMS], "latest")


def main():
    if len(sys.argv) != 4 or sys.argv[1] not in ("busybox", "python"):
        sys.exit(__doc__.split("\n\n")[1])
    kind, debs, out = sys.argv[1], pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])
    {"busybox": write_busybox, "python": write_python}[kind](debs, Layout(out))


if __name__ == "__main__":
    main()
