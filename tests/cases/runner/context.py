"""Makes the build context of a case: a uniform copy, changed by the steps of `prepare`."""
import hashlib
import os
import pathlib
import shutil
import stat
import zlib

from .raw_path import unescape
from .tar_step import archive, xattr_value

FIRST_TIME = 1_400_000_000  # 2014
TIME_SPAN = 300_000_000
LONGEST_TARGET = 250


def prepare_case(case, work):
    """The case with its prepared context in the folder work; returns the digests of the archives that were made for it.
    Times differ from case to case, so that none hides behind another."""
    shutil.copytree(case.folder, work, symlinks=True)
    context = work / case.context
    context.mkdir(parents=True, exist_ok=True)
    for path in [work, *_below(work)]:
        _make_uniform(path)
    _restore_symlinks(work)
    steps = _Steps(context)
    for name, *arguments in case.prepare:
        getattr(steps, name)(*arguments)
    time = FIRST_TIME + zlib.crc32(case.name.encode()) % TIME_SPAN
    for path in [context, *_below(context)]:
        os.utime(path, (time, time), follow_symlinks=False)
    for path, seconds in steps.times:
        os.utime(path, (seconds, seconds), follow_symlinks=False)
    return steps.archives


def may_all_be_read(folder):
    """Whether their owner may read all files and folders: root reads the others too."""
    return all(path.is_symlink() or path.stat().st_mode & stat.S_IRUSR for path in _below(folder))


def _below(folder):
    for parent, folders, files in os.walk(folder):
        yield from (pathlib.Path(parent, name) for name in folders + files)


def _make_uniform(path):
    if path.is_symlink():
        return
    is_folder_or_program = path.is_dir() or path.stat().st_mode & stat.S_IXUSR
    path.chmod(0o755 if is_folder_or_program else 0o644)


def _restore_symlinks(folder):
    """A copy of the cases made without symlinks (git's core.symlinks=false) holds files with the target as their text instead."""
    paths = list(_below(folder))
    if any(path.is_symlink() for path in paths):
        return
    for path in paths:
        target = _lost_target(path)
        if target:
            path.unlink()
            path.symlink_to(target)


def _lost_target(path):
    if not path.is_file() or path.stat().st_size > LONGEST_TARGET:
        return None
    text = path.read_bytes()
    if not text or text == os.fsencode(path.name) or not set(text).isdisjoint(b"\n\0 "):
        return None
    target = os.fsdecode(text)
    return target if os.path.lexists(path.parent / target) else None


class _Steps:
    """One function for each step, named as in the cases."""

    def __init__(self, context):
        self.context = os.fsencode(context)
        self.times = []
        self.archives = set()

    def _place(self, path):
        return os.path.join(self.context, unescape(path))

    def _new_place(self, path):
        place = self._place(path)
        os.makedirs(os.path.dirname(place), 0o755, exist_ok=True)
        return place

    def _write(self, path, content, mode="0644"):
        place = self._new_place(path)
        with open(place, "wb") as file:
            file.write(content)
        os.chmod(place, int(mode, 8))

    def mkdir(self, path, mode="0755"):
        place = self._new_place(path)
        os.makedirs(place, exist_ok=True)
        os.chmod(place, int(mode, 8))

    def write(self, path, text, mode="0644"):
        self._write(path, text.encode(), mode)

    def writehex(self, path, digits, mode="0644"):
        self._write(path, bytes.fromhex(digits), mode)

    def fill(self, path, size, text):
        self._write(path, (text.encode() * (size // len(text.encode()) + 1))[:size])

    def sparse(self, path, size, pieces):
        self._write(path, b"")
        with open(self._place(path), "r+b") as file:
            file.truncate(size)
            for offset, text in pieces:
                file.seek(offset)
                file.write(text.encode())

    def chmod(self, mode, path):
        os.chmod(self._place(path), int(mode, 8))

    def chown(self, owner, path):
        uid, gid = owner.split(":")
        os.chown(self._place(path), int(uid), int(gid), follow_symlinks=False)

    def symlink(self, target, path):
        os.symlink(unescape(target), self._new_place(path))

    def hardlink(self, existing, path):
        os.link(self._place(existing), self._new_place(path), follow_symlinks=False)

    def mkfifo(self, path, mode="0644"):
        os.mkfifo(self._new_place(path))
        self.chmod(mode, path)

    def mknod(self, path, kind, major, minor, mode="0644"):
        file_type = stat.S_IFCHR if kind == "c" else stat.S_IFBLK
        os.mknod(self._new_place(path), file_type | int(mode, 8), os.makedev(major, minor))

    def xattr(self, path, name, value):
        os.setxattr(self._place(path), name, xattr_value(value), follow_symlinks=False)

    def tar(self, path, compression, entries):
        content = archive(compression, entries)
        self.archives.add(hashlib.sha256(content).hexdigest())
        self._write(path, content)

    def touch(self, path, seconds):
        self.times.append((self._place(path), seconds))

    def rm(self, path):
        place = self._place(path)
        if os.path.isdir(place) and not os.path.islink(place):
            shutil.rmtree(place)
        else:
            os.unlink(place)
