"""Builds cases with the peers, which are given the base images from disk and no network, and reads the images they make."""
import pathlib
import re
import subprocess
import sys
import tarfile

from .bases import REGISTRY, tags_of
from .builder import TIME_LIMIT
from .history import instruction, step_without_flags
from .image import DockerArchive

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import peers  # noqa: E402

PLATFORM = "linux/amd64"


class PeerUnusable(Exception):
    """Says why."""


class Trial:
    """A case with nothing but a Dockerfile, to find out whether a peer works."""
    name, dockerfile, context = "trial", "Dockerfile", "."
    target, build_args, secrets = None, {}, {}


class _PeerBuilder:
    """What the peers have in common: their builds, given the words before those of the case."""
    knows_dockerfile = (1, 2)
    config_of_its_own = ()

    def lacks(self, case):
        """Why the peer can't build a case; empty if it can."""
        if case.platforms not in ([], [PLATFORM]):
            return f"{self.name} builds for {PLATFORM} only"
        for need in case.needs:
            version = re.fullmatch(r"dockerfile>=(\d+)\.(\d+)", need)
            if version and tuple(map(int, version.groups())) > self.knows_dockerfile:
                return f"{self.name} is too old: {need}"
        return ""

    def _run(self, command, case, folder, **options):
        command += ["-f", folder / case.dockerfile]
        command += [word for name, value in case.build_args.items() for word in ("--build-arg", f"{name}={value}")]
        if case.target:
            command += ["--target", case.target]
        for name, text in case.secrets.items():
            secret = self.folder / f"{case.name}.{name}"
            secret.write_text(text)
            command += ["--secret", f"id={name},src={secret}"]
        command.append(folder / case.context)
        try:
            return subprocess.run([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                  text=True, errors="replace", timeout=TIME_LIMIT, check=False, **options)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(command, -1, f"it took more than {TIME_LIMIT} s")


class BuildKit(_PeerBuilder):
    name = "buildkit"
    step = staticmethod(step_without_flags)
    config_of_its_own = ("ArgsEscaped",)  # means something to Windows only

    def __init__(self, bases, folder, cleanup):
        self.folder = folder
        self.docker = peers.Docker(folder, cleanup)
        for layout in bases.folders():
            archive = folder / "base.tar"
            for name in tags_of(layout.name):
                peers.quiet(["skopeo", "copy", "-q", f"oci:{layout}:latest", f"docker-archive:{archive}:{name}"])
                self.docker.run("load", "-i", archive)
                archive.unlink()

    def build(self, case, folder):
        """The finished process, its output as text in stdout, and the image it made."""
        tag = f"case-{case.name}"
        command = self.docker.command("build", "--network", "none", "--no-cache", "--progress", "plain", "-t", tag)
        process = self._run(command, case, folder, env=self.docker.environment)
        image = self.folder / case.name
        if process.returncode == 0 and self._has_layers(tag):
            archive = self.folder / f"{case.name}.tar"
            self.docker.run("save", "-o", archive, tag)
            _extract(archive, image)
        return process, DockerArchive(image)

    def _has_layers(self, tag):
        """`docker save` refuses an image without."""
        command = self.docker.command("image", "inspect", "--format", "{{len .RootFS.Layers}}", tag)
        return int(subprocess.run(command, env=self.docker.environment, stdout=subprocess.PIPE, check=True).stdout) > 0


class Buildah(_PeerBuilder):
    name = "buildah"
    step = staticmethod(instruction)
    config_of_its_own = ("Hostname",)

    def __init__(self, bases, folder, cleanup):
        self.folder = folder
        folder.mkdir()
        self.buildah = peers.Buildah(folder, cleanup, "vfs")
        for layout in bases.folders():
            self.buildah.run("pull", "-q", f"oci:{layout}:latest")
            for name in tags_of(layout.name):
                self.buildah.run("tag", f"localhost{layout}:latest", name)

    def build(self, case, folder):
        """As of BuildKit. An image of OCI's would lose what only Docker's has: health checks, triggers, the shell."""
        archive = self.folder / f"{case.name}.tar"
        command = self.buildah.command("build", "--isolation", "chroot", "--format", "docker", "--layers=false", "--no-cache", "--pull-never",
                                       "--identity-label=false", "-t", f"docker-archive:{archive}:case:latest")
        process = self._run(command, case, folder)
        image = self.folder / case.name
        if process.returncode == 0:
            _extract(archive, image)
        return process, DockerArchive(image)


def _extract(archive, folder):
    with tarfile.open(archive) as tar:
        tar.extractall(folder)
    archive.unlink()


def lacks_peer(name):
    """Why a peer can't be used here; empty if nothing is known against it."""
    return peers.missing_for_peer(name, ["skopeo"])


def start_peer(name, bases, folder, cleanup):
    """Throws PeerUnusable where its daemon doesn't start or it can't execute a command: the kernel may refuse either."""
    try:
        peer = PEERS[name](bases, folder, cleanup)
    except (peers.PeerFailed, subprocess.CalledProcessError) as failure:
        raise PeerUnusable(f"{name}: {failure}") from failure
    trial = folder / "trial"
    trial.mkdir()
    (trial / "Dockerfile").write_text(f"FROM {REGISTRY}/busybox:latest\nRUN true\n")
    process = peer.build(Trial, trial)[0]
    if process.returncode != 0:
        raise PeerUnusable(f"{name} executes nothing here: {process.stdout[-500:]}")
    return peer


PEERS = {kind.name: kind for kind in (BuildKit, Buildah)}
