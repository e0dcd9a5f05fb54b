"""Runs mabplan as one sequence of builds needs it, and reads in its log what was compiled. Knows no project."""
import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import typing

STOPPED = re.compile(r"\[linux/(?:\w+->)?(\w+) .*stopped, because another step failed")
MARK = re.compile(r"\| (making|compiling) (\S+) (\S+)$")


class Mark(typing.NamedTuple):
    """A line by which a command says what it is at."""
    word: str  # making, compiling
    arch: str
    what: str


class Moment(typing.NamedTuple):
    """When a build is killed: as soon as its log has so many marks, or after so many seconds."""
    marks: int
    seconds: float


class Built:
    """What a build said and left."""

    def __init__(self, status, log, out):
        self.status, self.log, self.out = status, log, out
        self.marks = [Mark(*found.groups()) for found in map(MARK.search, log.splitlines()) if found]

    def was_stopped(self, arch):
        """A command was ended in the midst of its work, since that for another platform had failed."""
        return any(found[1] == arch for found in map(STOPPED.search, self.log.splitlines()) if found)

    def compiled(self, arch):
        return {mark.what for mark in self.marks if mark.word == "compiling" and mark.arch == arch}

    def steps(self, arch):
        """The commands that were executed: their words after `making`."""
        return [mark.what for mark in self.marks if mark.word == "making" and mark.arch == arch]

    def compiled_by(self, arch, step):
        """Only those of the last command with this word."""
        found = None
        for mark in self.marks:
            if mark.arch == arch and mark.word == "making":
                found = set() if mark.what == step else found
            elif mark.arch == arch and found is not None:
                found.add(mark.what)
        return found


def remove(folder):
    """The store of an ordinary user holds files of subordinate users, which only a namespace with those users can remove."""
    if subprocess.run(["rm", "-rf", folder], stderr=subprocess.DEVNULL, check=False).returncode != 0:
        subprocess.run(["unshare", "--map-auto", "--map-root-user", "rm", "-rf", folder], check=False)


def copy_owned(source, target):
    """With the owners that an ordinary user's namespace gave."""
    command = ["cp", "-a", source, target]
    subprocess.run(command if os.geteuid() == 0 else ["unshare", "--map-auto", "--map-root-user", *command], check=True)


class Builder:
    def __init__(self, mabplan, base, folder):
        self.mabplan, self.base, self.folder = mabplan, base, folder
        self.out = folder / "out"
        self.log = folder / "log"
        self.last_command = []

    def start(self, store, context, flags):
        shutil.rmtree(self.out, ignore_errors=True)
        self.last_command = [str(self.mabplan), "build", "--progress", "plain", "--offline", "--cache-dir", str(store), "--build-context",
                             f"base=oci-layout://{self.base}:latest", *flags, "-o", f"type=local,dest={self.out}", str(context)]
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder), "NO_COLOR": "1"}
        with open(self.log, "w") as log:
            return subprocess.Popen(self.last_command, stdout=log, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, env=environment)

    def build(self, store, context, flags):
        with self.ended(self.start(store, context, flags)) as process:
            status = process.wait(timeout=300)
        return Built(status, self.log.read_text(errors="replace"), self.out)

    def kill_midway(self, store, context, flags, moment):
        """Whether it was killed: it may be quicker."""
        with self.ended(self.start(store, context, flags)) as process:
            end = time.monotonic() + moment.seconds
            while process.poll() is None and time.monotonic() < end and self.marks_so_far() < moment.marks:
                time.sleep(0.005)
            process.send_signal(signal.SIGKILL)
            return process.wait() == -signal.SIGKILL

    def marks_so_far(self):
        return sum(bool(MARK.search(line)) for line in self.log.read_text(errors="replace").splitlines())

    @staticmethod
    @contextlib.contextmanager
    def ended(process):
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def read_tree(folder):
    """Every file by path: its bytes."""
    folder = pathlib.Path(folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
