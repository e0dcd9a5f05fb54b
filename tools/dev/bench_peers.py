"""mabplan and its peers behind one face, for tools/bench: name, forget() the results of builds, build(work) in seconds.

Daemons and the registry are started here, listen on a socket or the loopback only, and are ended by their process id.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

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
        raise BuildFailed(lines[-1] if lines else f"exit {result.returncode}")
    return seconds


def quiet(command, **options):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **options)


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
    """BuildKit inside docker.io. No network and no bridge, so that the host's firewall stays as it is."""
    name = "buildkit"

    def __init__(self, folder, cleanup):
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/docker.sock", "DOCKER_BUILDKIT": "1", "DOCKER_CONFIG": str(folder)}
        folder.mkdir()
        (folder / "daemon.json").write_text("{}")
        log = cleanup.enter_context(open(folder / "dockerd.log", "w"))
        daemon = subprocess.Popen(
            ["dockerd", "--config-file", folder / "daemon.json", "--host", self.environment["DOCKER_HOST"], "--data-root", folder / "data",
             "--exec-root", folder / "exec", "--pidfile", folder / "pid", "--iptables=false", "--ip6tables=false", "--bridge=none"],
            stdout=log, stderr=log)
        cleanup.callback(end, daemon)
        wait_until(lambda: subprocess.run(self.docker("info"), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                   .returncode == 0, daemon, "dockerd", folder / "dockerd.log")
        for image in IMAGES:
            quiet(self.docker("pull", f"localhost:{REGISTRY_PORT}/{image}"), env=self.environment)

    @staticmethod
    def docker(*words):
        return ["/usr/bin/docker", *words]

    def forget(self):
        quiet(self.docker("builder", "prune", "--all", "--force"), env=self.environment)

    def build(self, work):
        return timed(self.docker("build", "--network", "none", "-t", "bench-" + work.name, work.context), env=self.environment)


class Buildah:
    name = "buildah"

    def __init__(self, folder):
        self.folder = folder
        self.pull()

    def buildah(self, *words):
        return ["buildah", "--root", self.folder / "root", "--runroot", self.folder / "run", *words]

    def pull(self):
        for image in IMAGES:
            quiet(self.buildah("pull", "-q", "--tls-verify=false", f"localhost:{REGISTRY_PORT}/{image}"))

    def forget(self):
        quiet(self.buildah("rmi", "--all", "--force"), stderr=subprocess.DEVNULL)
        self.pull()

    def build(self, work):
        return timed(self.buildah("build", "--isolation", "chroot", "--layers", "--tls-verify=false", "-t", "bench-" + work.name, work.context))


def end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_until(ready, process, name, log):
    for _ in range(300):
        if ready():
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise BuildFailed(f"{name} did not start: {pathlib.Path(log).read_text()[-500:]}")


def port_is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_registry(bases, folder, cleanup):
    if port_is_open(REGISTRY_PORT):
        raise BuildFailed(f"port {REGISTRY_PORT}, which the example's base is named after, is in use")
    configuration = folder / "registry.yml"
    configuration.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
                             f"http: {{addr: '127.0.0.1:{REGISTRY_PORT}'}}\n")
    log = cleanup.enter_context(open(folder / "registry.log", "w"))
    registry = subprocess.Popen(["docker-registry", "serve", configuration], stdout=log, stderr=log)
    cleanup.callback(end, registry)
    wait_until(lambda: port_is_open(REGISTRY_PORT), registry, "docker-registry", folder / "registry.log")
    for image in IMAGES:
        name, tag = image.split(":")
        quiet(["skopeo", "copy", "-q", "--all", "--dest-tls-verify=false", f"oci:{bases / name}:{tag}", f"docker://localhost:{REGISTRY_PORT}/{image}"])


def missing_for_peer(name):
    needed = {"buildkit": ["/usr/bin/docker", "dockerd"], "buildah": ["buildah"]}[name] + ["docker-registry", "skopeo"]
    if missing := [program for program in needed if not shutil.which(program)]:
        return f"{', '.join(missing)} not installed (tools/setup --peers)"
    return "" if os.geteuid() == 0 else "needs root"


def start(names, binary, root, folder, cleanup):
    """The tools that can be measured, in the order of the names, and the reasons for which others can't."""
    bases = root / "plans/examples/multiarch/bases"
    tools, reasons = [], []
    registry_runs = False
    for name in names:
        if name in MABPLAN:
            tools.append(MABPLAN[name](binary, bases, folder))
            continue
        if missing := missing_for_peer(name):
            reasons.append(f"{name}: {missing}")
            continue
        try:
            if not registry_runs:
                start_registry(bases, folder, cleanup)
                registry_runs = True
            tools.append(BuildKit(folder / "docker", cleanup) if name == "buildkit" else Buildah(folder / "buildah"))
        except (BuildFailed, subprocess.CalledProcessError) as failure:
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
