#!/usr/bin/env python3
"""Writes an OCI layout with tiny images, the same bytes on every machine: nothing is compressed and every time is fixed.

usage: tiny_bases.py OUT

  plain    linux/amd64, linux/arm64, linux/arm/v7: a shell's name, two users, and PATH
  full     linux/amd64, linux/arm64: two layers, and something in every field of a configuration
  onbuild  linux/amd64: two triggers

They are made for compiling: nothing in them can be executed.
"""
import hashlib
import io
import json
import pathlib
import sys
import tarfile

EPOCH = 315532800  # 1980-01-01
CREATED = "1980-01-01T00:00:00Z"
OCI = "application/vnd.oci.image."
PASSWD = "root:x:0:0:root:/root:/bin/sh\napp:x:1000:1000::/srv:/bin/sh\n"
PATH = "PATH=/usr/bin:/bin"

PLAIN = {"Env": [PATH], "Cmd": ["/bin/sh"]}
FULL = {
    "Env": [PATH, "LANG=C.UTF-8", "VERSION=1.0"],
    "User": "app",
    "WorkingDir": "/srv",
    "Entrypoint": ["/bin/entry"],
    "Cmd": ["serve"],
    "Labels": {"org.example.base": "full", "org.example.kept": "yes"},
    "ExposedPorts": {"80/tcp": {}},
    "Volumes": {"/data": {}},
    "Healthcheck": {"Test": ["CMD", "/bin/true"], "Interval": 30000000000},
    "StopSignal": "SIGINT",
    "Shell": ["/bin/bash", "-c"],
}
ONBUILD = {"Env": [PATH], "OnBuild": ["COPY *.txt /app/", "RUN install /app"]}


def tar_of(files):
    """The bytes of a tar of {path: text}; paths that end with / are folders."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, text in sorted(files.items()):
            entry = tarfile.TarInfo(path.rstrip("/"))
            entry.mtime = EPOCH
            entry.type = tarfile.DIRTYPE if path.endswith("/") else tarfile.REGTYPE
            entry.mode = 0o644 if path.startswith("etc/p") else 0o755
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


class Layout:
    def __init__(self, folder):
        self.folder = folder
        self.manifests = []
        (folder / "blobs/sha256").mkdir(parents=True)

    def put(self, media_type, content):
        if not isinstance(content, bytes):
            content = json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
        digest = hashlib.sha256(content).hexdigest()
        (self.folder / "blobs/sha256" / digest).write_bytes(content)
        return {"mediaType": OCI + media_type, "digest": "sha256:" + digest, "size": len(content)}

    def put_image(self, platform, settings, layers):
        os, architecture, *variant = platform.split("/")
        machine = {"os": os, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
        blobs = [self.put("layer.v1.tar", files if isinstance(files, bytes) else tar_of(files)) for files in layers]
        config = {**machine, "created": CREATED, "config": settings,
                  "rootfs": {"type": "layers", "diff_ids": [blob["digest"] for blob in blobs]},
                  "history": [{"created": CREATED, "created_by": f"layer {number}"} for number in range(len(blobs))]}
        manifest = {"schemaVersion": 2, "mediaType": OCI + "manifest.v1+json", "config": self.put("config.v1+json", config), "layers": blobs}
        return {**self.put("manifest.v1+json", manifest), "platform": machine}

    def add(self, tag, platforms, settings, layers_of):
        images = [self.put_image(platform, settings, layers_of(platform)) for platform in platforms]
        index = {"schemaVersion": 2, "mediaType": OCI + "index.v1+json", "manifests": images}
        self.manifests.append({**self.put("index.v1+json", index), "annotations": {"org.opencontainers.image.ref.name": tag}})

    def finish(self):
        (self.folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": self.manifests}))
        (self.folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')


def system_of(platform):
    return {"bin/": "", "bin/sh": platform, "etc/": "", "etc/passwd": PASSWD}


def write(folder):
    layout = Layout(pathlib.Path(folder))
    layout.add("plain", ["linux/amd64", "linux/arm64", "linux/arm/v7"], PLAIN, lambda platform: [system_of(platform)])
    layout.add("full", ["linux/amd64", "linux/arm64"], FULL, lambda platform: [system_of(platform), {"srv/": "", "srv/hello": "hello"}])
    layout.add("onbuild", ["linux/amd64"], ONBUILD, lambda platform: [system_of(platform)])
    layout.finish()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
