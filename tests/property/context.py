"""The folder that is built: writes what has changed of it, with the times that an edit wants. Knows no project."""
import io
import os
import shutil
import tarfile

PAST, FUTURE = 1_000_000_000, 2_050_000_000  # 2001 and 2034
ARCHIVED = 600_000_000  # 1989


def as_bytes(entry):
    return entry.encode() if isinstance(entry, str) else entry


def read_entry(path):
    if path.is_symlink():
        return ("link", os.readlink(path))
    return path.read_bytes() if path.is_file() else None


def write_entry(path, entry, when):
    """`when`: now, past, future, or kept: the time that the file had."""
    kept = path.lstat().st_mtime_ns if when == "kept" and os.path.lexists(path) else None
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(entry, tuple):
        path.unlink(missing_ok=True)
        path.symlink_to(entry[1])
        return
    path.write_bytes(entry)
    set_time(path, when, kept)


def set_time(path, when, kept=None):
    seconds = {"past": PAST, "future": FUTURE}.get(when)
    if seconds is not None:
        os.utime(path, (seconds, seconds), follow_symlinks=False)
    elif kept is not None:
        os.utime(path, ns=(kept, kept), follow_symlinks=False)
    elif when == "now":
        os.utime(path, follow_symlinks=False)


def archive_of(files):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for path, entry in sorted(files.items()):
            info = tarfile.TarInfo(path)
            info.mtime, info.mode = ARCHIVED, 0o644
            if isinstance(entry, tuple):
                info.type, info.linkname = tarfile.SYMTYPE, entry[1]
                archive.addfile(info)
            else:
                info.size = len(as_bytes(entry))
                archive.addfile(info, io.BytesIO(as_bytes(entry)))
    return out.getvalue()


class Context:
    def __init__(self, folder):
        self.folder = folder
        self.clones = 0

    def paths(self):
        """Of all files and symlinks."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_symlink() or path.is_file())

    def write(self, files, when="now"):
        """Makes the folder hold exactly these files: path to text, bytes or ("link", target). What is the same already is left alone."""
        wanted = {path: as_bytes(entry) for path, entry in files.items()}
        for path in set(self.paths()) - set(wanted):
            (self.folder / path).unlink()
        for path, entry in wanted.items():
            if read_entry(self.folder / path) != entry:
                write_entry(self.folder / path, entry, when)

    def touch(self, path, when):
        set_time(self.folder / path, when)

    def clone(self):
        """All of it anew, elsewhere."""
        self.clones += 1
        old, self.folder = self.folder, self.folder.with_name(f"{self.folder.name.split('.')[0]}.{self.clones}")
        shutil.copytree(old, self.folder, symlinks=True, copy_function=shutil.copyfile)
        shutil.rmtree(old)
