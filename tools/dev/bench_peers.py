"""mabplan and its peers behind one face, for tools/bench: name, forget() the results of builds, build(work) in seconds."""
import contextlib
import pathlib
import shutil
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/support"))
import peers  # noqa: E402
from peers import missing_for_peer, quiet  # noqa: E402

REGISTRY_PORT = 5002  # the name of the example's base holds it
IMAGES = ("busybox:latest", "python:3.11-slim")


class BuildFailed(Exception):
    pass


def timed(command, **options):
    started = time.perf_counter()
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    seconds = time.perf_counter() - started
    if result.returncode != 0:
        lines = [line for line in result.stdout.splitlines() if line.strip()]
        raise BuildFailed(next((line for line in lines if "error:" in line), lines[-1] if lines else f"exit {result.returncode}"))
    return seconds


class Mabplan:
    """Writes a compressed OCI layout."""
    name = "mabplan"

    def __init__(self, binary, bases, folder):
        self.binary, self.bases, self.folder = binary, bases, folder
        self.store = folder / f"{self.name}.store"

    def output(self, work):
        return f"type=oci,dest={self.folder / work.name}.out,tar=false"

    def forget(self):
        # A store of an ordinary user holds files of subordinate users; mabplan itself can remove them.
        if self.store.exists():
            quiet([self.binary, "cache", "prune", "--all", "--force", "--cache-dir", self.store])
            shutil.rmtree(self.store, ignore_errors=True)

    def build(self, work):
        command = [self.binary, "build", "--cache-dir", self.store, "-o", self.output(work)]
        for image in IMAGES:
            name = image.split(":")[0]
            command += ["--build-context", f"localhost:{REGISTRY_PORT}/{image}=oci-layout://{self.bases / name}:{image.split(':')[1]}"]
        if work.platforms:
            command += ["--platform", ",".join(work.platforms)]
        return timed([*command, work.context])


class MabplanStore(Mabplan):
    """Builds into its own store and packs nothing, as the peers do."""
    name = "mabplan-store"

    def output(self, work):
        return "type=cacheonly"


MABPLAN = {kind.name: kind for kind in (Mabplan, MabplanStore)}


class BuildKit:
    name = "buildkit"

    def __init__(self, folder, cleanup):
        self.docker = peers.Docker(folder, cleanup)
        for image in IMAGES:
            self.docker.run("pull", f"localhost:{REGISTRY_PORT}/{image}")

    def forget(self):
        # An image that was built keeps the layers of its base; the first time there is none.
        subprocess.run(self.docker.command("rmi", "--force", "bench-pull"), env=self.docker.environment, capture_output=True, check=False)
        self.docker.run("builder", "prune", "--all", "--force")

    def build(self, work):
        command = self.docker.command("build", "--network", "none", "-t", "bench-" + work.name, work.context)
        return timed(command, env=self.docker.environment)


class Buildah:
    name = "buildah"

    def __init__(self, folder, cleanup):
        self.buildah = peers.Buildah(folder, cleanup)
        self.pull()

    def pull(self):
        for image in IMAGES:
            self.buildah.run("pull", "-q", "--tls-verify=false", f"localhost:{REGISTRY_PORT}/{image}")

    def forget(self):
        self.buildah.run("rmi", "--all", "--force", stderr=subprocess.DEVNULL)
        self.pull()

    def build(self, work):
        return timed(self.buildah.command("build", "--isolation", "chroot", "--layers", "--tls-verify=false", "-t", "bench-" + work.name,
                                          work.context))


PEERS = {kind.name: kind for kind in (BuildKit, Buildah)}


def start_registry(bases, folder, cleanup):
    """With the bases of all work. Why it can't, otherwise."""
    if missing := [program for program in ("docker-registry", "skopeo") if not shutil.which(program)]:
        return f"{', '.join(missing)} not installed (tools/setup)"
    try:
        peers.start_registry(REGISTRY_PORT, folder, cleanup)
    except peers.PeerFailed as failure:
        return str(failure)
    for image in IMAGES:
        name, tag = image.split(":")
        push(bases / name, tag, image)
    return ""


def push(layout, tag, image):
    quiet(["skopeo", "copy", "-q", "--all", "--dest-tls-verify=false", f"oci:{layout}:{tag}", f"docker://localhost:{REGISTRY_PORT}/{image}"])


def start(names, binary, bases, folder, cleanup):
    """The tools that can be measured, in the order of the names, and the reasons for which others can't."""
    tools, reasons = [], []
    for name in names:
        if name in MABPLAN:
            tools.append(MABPLAN[name](binary, bases, folder))
            continue
        try:
            if missing := missing_for_peer(name):
                raise peers.PeerFailed(missing)
            tools.append(PEERS[name](folder / name, cleanup))
        except (peers.PeerFailed, subprocess.CalledProcessError) as failure:
            reasons.append(f"{name}: {failure}")
    return tools, reasons


@contextlib.contextmanager
def host_binfmt():
    """QEMU for arm64 registered with the host, as `docker run --privileged … binfmt` would, and taken away afterwards."""
    mount = pathlib.Path("/proc/sys/fs/binfmt_misc")
    mounted = not (mount / "register").exists()
    if mounted:
        quiet(["mount", "-t", "binfmt_misc", "binfmt_misc", mount])
    entry = mount / "qemu-aarch64"
    added = not entry.exists()
    if added:
        magic = r"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00"
        mask = r"\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff"
        (mount / "register").write_text(f":qemu-aarch64:M::{magic}:{mask}:/usr/bin/qemu-aarch64-static:FOC")
    try:
        yield
    finally:
        if added:
            entry.write_text("-1")
        if mounted:
            quiet(["umount", mount])
