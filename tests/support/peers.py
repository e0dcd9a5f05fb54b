"""The other builders that mabplan is compared with: BuildKit inside Debian's docker.io, and buildah.

dockerd may be that of another root file system (tools/dev/newer_docker): MABPLAN_DOCKER_ROOT names it.
Each keeps all that it writes in a folder of its own. Daemons are started here, listen on a socket in their folder or on the loopback,
and are ended by their process id; what they leave mounted below the folder is unmounted.
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import time

DOCKER = "/usr/bin/docker"  # of the package docker.io, whatever else is in PATH
PROGRAMS = {"buildkit": [DOCKER, "dockerd"], "buildah": ["buildah"]}


class PeerFailed(Exception):
    pass


def missing_for_peer(name, more_programs=()):
    """Why a peer can't be used here; empty if nothing is known against it."""
    if missing := [program for program in [*PROGRAMS[name], *more_programs] if not shutil.which(program)]:
        return f"{', '.join(missing)} not installed (tools/setup --peers)"
    return "" if os.geteuid() == 0 else "needs root"


def quiet(command, **options):
    subprocess.run([str(word) for word in command], check=True, stdout=subprocess.DEVNULL, **options)


def in_root(root, folder, command):
    """The command in another root file system that has this folder at its place, and the kernel's. What is mounted for it ends with it."""
    script = f"""set -e
        mount --bind {root} {root}  # dockerd wants its root to be a mount
        mkdir -p {root}/{folder} && mount --bind {folder} {root}/{folder}
        for each in proc sys dev run; do mount --rbind /$each {root}/$each; done
        exec chroot {root} "$@\""""
    return ["unshare", "--mount", "--propagation", "private", "sh", "-c", script, "sh", *command]


class Docker:
    """dockerd and its client. No network and no bridge, so that the host's firewall stays as it is."""

    def __init__(self, folder, cleanup):
        self.environment = {**os.environ, "DOCKER_HOST": f"unix://{folder}/docker.sock", "DOCKER_BUILDKIT": "1", "DOCKER_CONFIG": str(folder)}
        folder.mkdir()
        cleanup.callback(unmount_below, folder)
        (folder / "daemon.json").write_text("{}")
        command = ["dockerd", "--config-file", folder / "daemon.json", "--host", self.environment["DOCKER_HOST"], "--data-root", folder / "data",
                   "--exec-root", folder / "exec", "--pidfile", folder / "pid", "--iptables=false", "--ip6tables=false", "--bridge=none"]
        if root := os.environ.get("MABPLAN_DOCKER_ROOT"):
            command = in_root(root, folder, command)
        start_daemon(command, folder / "dockerd.log", self._answers, cleanup)

    def _answers(self):
        return subprocess.run(self.command("info"), env=self.environment, capture_output=True, check=False).returncode == 0

    @staticmethod
    def command(*words):
        return [DOCKER, *words]

    def run(self, *words, **options):
        quiet(self.command(*words), env=self.environment, **options)


class Buildah:
    """buildah with a storage of its own."""

    def __init__(self, folder, cleanup, driver=None):
        self.folder = folder
        self.driver = ["--storage-driver", driver] if driver else []
        cleanup.callback(unmount_below, folder)

    def command(self, *words):
        return ["buildah", "--root", self.folder / "root", "--runroot", self.folder / "run", *self.driver, *words]

    def run(self, *words, **options):
        quiet(self.command(*words), **options)


def start_registry(port, folder, cleanup):
    """docker-registry, plain and on the loopback only, with its blobs below the folder."""
    if port_is_open(port):
        raise PeerFailed(f"port {port}, which names of base images hold, is in use")
    configuration = folder / "registry.yml"
    configuration.write_text(f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdirectory: {folder}/registry}}}}\n"
                             f"http: {{addr: '127.0.0.1:{port}'}}\n")
    start_daemon(["docker-registry", "serve", configuration], folder / "registry.log", lambda: port_is_open(port), cleanup)


def port_is_open(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_daemon(command, log, is_ready, cleanup):
    """Returns when it is ready; cleanup ends it."""
    output = cleanup.enter_context(open(log, "w"))
    daemon = subprocess.Popen([str(word) for word in command], stdout=output, stderr=output)
    cleanup.callback(_end, daemon)
    for _ in range(300):
        if is_ready():
            return
        if daemon.poll() is not None:
            break
        time.sleep(0.1)
    raise PeerFailed(f"{command[0]} did not start: {pathlib.Path(log).read_text()[-500:]}")


def _end(process):
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def unmount_below(folder):
    mounts = [line.split()[4] for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()]
    for mount in reversed(mounts):
        if mount.startswith(f"{folder}/"):
            subprocess.run(["umount", "--lazy", mount], stderr=subprocess.DEVNULL, check=False)
