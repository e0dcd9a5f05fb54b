"""The step `tar` of a case: an archive out of a list of entries, compressed or not."""
import bz2
import gzip
import io
import lzma
import subprocess
import tarfile

TYPES = {"f": tarfile.REGTYPE, "d": tarfile.DIRTYPE, "l": tarfile.SYMTYPE, "h": tarfile.LNKTYPE, "c": tarfile.CHRTYPE,
         "b": tarfile.BLKTYPE, "p": tarfile.FIFOTYPE}
COMPRESS = {
    "": lambda raw: raw,
    "gz": lambda raw: gzip.compress(raw, mtime=0),
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": lambda raw: subprocess.run(["zstd", "-q", "-c"], input=raw, stdout=subprocess.PIPE, check=True).stdout,
}


def xattr_value(text):
    """The bytes of an attribute: text, or hex:… ."""
    return bytes.fromhex(text.removeprefix("hex:")) if text.startswith("hex:") else text.encode()


def archive(compression, entries):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, errors="surrogateescape") as tar:
        for entry in entries:
            content = _content(entry)
            tar.addfile(_header(entry, len(content)), io.BytesIO(content))
    return COMPRESS[compression](out.getvalue())


def _content(entry):
    content = entry.get("data", "").encode()
    if "size" in entry:
        content = content.ljust(entry["size"], b"\0")
    return content


def _header(entry, size):
    header = tarfile.TarInfo(entry["name"])
    kind = entry.get("type", "f")
    header.type = TYPES[kind]
    header.mode = int(entry.get("mode", "0755" if kind == "d" else "0644"), 8)
    header.uid, header.gid = entry.get("uid", 0), entry.get("gid", 0)
    header.mtime = entry.get("mtime", 0)
    header.linkname = entry.get("link", "")
    header.size = size
    if "dev" in entry:
        header.devmajor, header.devminor = entry["dev"]
    for name, value in entry.get("xattrs", {}).items():
        header.pax_headers["SCHILY.xattr." + name] = xattr_value(value).decode("utf-8", "surrogateescape")
    return header
