"""Reads the entries of a layer's tar. Independent of mabplan's own reader: it stands on Python's tarfile."""
import gzip
import hashlib
import subprocess
import tarfile

TYPES = {tarfile.REGTYPE: "file", tarfile.AREGTYPE: "file", tarfile.GNUTYPE_SPARSE: "file", tarfile.CONTTYPE: "file",
         tarfile.DIRTYPE: "dir", tarfile.SYMTYPE: "symlink", tarfile.CHRTYPE: "char", tarfile.BLKTYPE: "block",
         tarfile.FIFOTYPE: "fifo", tarfile.LNKTYPE: "hardlink"}
XATTR = "SCHILY.xattr."
GZIP_MAGIC, ZSTD_MAGIC = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def raw(text):
    """Bytes of a name or attribute as tarfile gives it."""
    return text.encode("utf-8", "surrogateescape")


def read_layer(path):
    """Pairs of path (bytes, no slash at its ends) and what stands there. One of type `hardlink` says in `link` to what."""
    with _open(path) as stream, tarfile.open(fileobj=stream, mode="r|", errors="surrogateescape") as tar:
        return [(raw(member.name).strip(b"/").removeprefix(b"./"), _describe(tar, member)) for member in tar]


def _open(path):
    with open(path, "rb") as file:
        magic = file.read(4)
    if magic.startswith(GZIP_MAGIC):
        return gzip.open(path)
    if magic == ZSTD_MAGIC:
        return subprocess.Popen(["zstd", "-q", "-d", "-c", path], stdout=subprocess.PIPE).stdout
    return open(path, "rb")


def _describe(tar, member):
    node = {"type": TYPES[member.type], "mode": member.mode & 0o7777, "uid": member.uid, "gid": member.gid}
    if node["type"] == "file":
        node["size"] = member.size
        node["sha256"] = _digest(tar.extractfile(member))
    elif node["type"] == "symlink":
        node["link"] = raw(member.linkname)
    elif node["type"] == "hardlink":
        node["link"] = raw(member.linkname).strip(b"/").removeprefix(b"./")
    elif node["type"] in ("char", "block"):
        node["dev"] = [member.devmajor, member.devminor]
    attributes = {name.removeprefix(XATTR): raw(value) for name, value in member.pax_headers.items() if name.startswith(XATTR)}
    if attributes:
        node["xattrs"] = attributes
    return node


def _digest(stream):
    return hashlib.file_digest(stream, "sha256").hexdigest()
