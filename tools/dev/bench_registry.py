"""Pushing and copying, against docker (its own push) and skopeo, in turn in one run, with Debian's docker-registry on the loopback.

The image is one layer of files that pack to less than half. `push` goes to an empty registry, packing included: mabplan and docker have built the
image before and hold it unpacked. `push again` is when all is there. `copy` takes an index of two platforms from one registry to another.
"""
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests/support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import bench_bases  # noqa: E402
import peers  # noqa: E402


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def timed(command, environment=None):
    began = time.monotonic()
    peers.quiet(command, env=environment, stderr=subprocess.DEVNULL)
    return time.monotonic() - began


def write_files(folder, megabytes):
    """Files of a quarter of a megabyte, as of the bases that are pulled: text, tables, noise."""
    folder.mkdir(parents=True)
    randomness = random.Random(7)
    words = bench_bases.vocabulary(randomness)
    for number in range(4 * megabytes):
        (folder / f"file{number}").write_bytes(bench_bases.content(randomness, words, 250_000))


class Registry:
    """One that can be emptied."""

    def __init__(self, folder, name, cleanup):
        self.port = free_port()
        self.folder = folder / name
        self.folder.mkdir()
        peers.start_registry(self.port, self.folder, cleanup)
        self.host = f"localhost:{self.port}"

    def empty(self):
        shutil.rmtree(self.folder / "registry", ignore_errors=True)


def medians(runs, prepare, commands):
    """name -> median of the seconds of its command, run in turn."""
    seconds = {name: [] for name in commands}
    for _ in range(runs):
        for name, (command, environment) in commands.items():
            prepare(name)
            os.sync()
            seconds[name].append(timed(command, environment))
    return {name: statistics.median(values) for name, values in seconds.items()}


def row(title, times, goal):
    ours = times["mabplan"]
    others = [f"{name} {value:.3f} s ({value / ours:.1f}x)" for name, value in times.items() if name != "mabplan"]
    return [title, f"mabplan {ours:.3f} s", *others, f"goal: {goal}"]


def measure(mabplan, folder, runs, megabytes, cleanup):
    """Rows of the table."""
    folder = folder / "registries"
    folder.mkdir()
    near, far = Registry(folder, "near", cleanup), Registry(folder, "far", cleanup)
    context = folder / "context"
    write_files(context / "files", megabytes)
    (context / "Dockerfile").write_text("FROM scratch\nCOPY files /files\n")
    own = {**os.environ, "MABPLAN_CACHE_DIR": str(folder / "store"), "DOCKER_CONFIG": str(folder)}
    name = f"{near.host}/big:1"
    peers.quiet([mabplan, "build", "--progress", "quiet", context], env=own)
    push = {"mabplan": ([mabplan, "build", "--progress", "quiet", "-t", name, "--push", context], own)}
    docker = None
    if not peers.missing_for_peer("buildkit"):
        docker = peers.Docker(folder / "docker", cleanup)
        theirs = f"{near.host}/theirs:1"  # a tag that another has moved is not one where all is there
        docker.run("build", "-q", "-t", theirs, context)
        push["docker"] = (docker.command("push", "-q", theirs), docker.environment)

    def forget(who):
        near.empty()
        if who == "mabplan":  # packed forms are part of what is measured
            store = folder / "store"
            shutil.rmtree(store, ignore_errors=True)
            peers.quiet([mabplan, "build", "--progress", "quiet", context], env=own)
    yield row(f"push {megabytes} MB, packing included", medians(runs, forget, push), "1/4 of docker")
    for command, environment in push.values():  # what the other has emptied is there again
        timed(command, environment)
    yield row("push again, all is there", medians(runs, lambda _: None, push), "50 ms")
    both = f"{near.host}/both:1"
    peers.quiet([mabplan, "build", "--progress", "quiet", "--platform", "linux/amd64,linux/arm64", "-t", both, "--push", context], env=own)
    copy = {"mabplan": ([mabplan, "image", "copy", "--progress", "quiet", f"docker://{both}", f"docker://{far.host}/both:1"], None)}
    if shutil.which("skopeo"):
        copy["skopeo"] = (["skopeo", "copy", "-q", "--all", "--src-tls-verify=false", "--dest-tls-verify=false", f"docker://{both}", f"docker://{far.host}/both:1"], None)
    fresh = {**os.environ, "MABPLAN_CACHE_DIR": str(folder / "fresh"), "DOCKER_CONFIG": str(folder)}
    copy["mabplan"] = (copy["mabplan"][0], fresh)

    def empty(_):
        far.empty()
        shutil.rmtree(folder / "fresh", ignore_errors=True)
    yield row("copy of an index between registries", medians(runs, empty, copy), "skopeo")
