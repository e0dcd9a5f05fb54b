"""Compares an image with the expected one. Two agree when platform, configuration, history and root file system (without times) do."""
import dataclasses
import typing

from .history import docker_step
from .leftovers import drop_leftovers

SORTED_AS_LISTS = ("ExposedPorts", "Volumes")


@dataclasses.dataclass
class Latitude:
    """What two images that agree may differ in."""
    mount_targets: list = dataclasses.field(default_factory=list)
    archives: set = dataclasses.field(default_factory=set)  # digests of files whose bytes no case prescribes
    step: typing.Callable = docker_step                     # what of a step of the history counts


def expected_listing(image, bases):
    """fs, or the listing of the base with the changes in fs; null removes."""
    if "fs_base" not in image:
        return image["fs"]
    listing = {**bases.listing(image["fs_base"]), **image["fs"]}
    return {path: entry for path, entry in listing.items() if entry is not None}


def differences(found, wanted, wanted_fs, latitude):
    """Lines, each one difference; none for two images that agree."""
    lines = []
    if found["platform"] != wanted["platform"]:
        lines.append(f"platform: {found['platform']}, expected {wanted['platform']}")
    lines += _compare_members("config", _config(found["config"]), _config(wanted["config"]))
    lines += _compare_history(found["history"], wanted["history"], latitude.step)
    found_fs, wanted_fs = drop_leftovers(found["fs"], wanted_fs, latitude.mount_targets)
    unstable = wanted.get("unstable") or []
    for path in sorted(found_fs.keys() | wanted_fs.keys()):
        if path not in unstable:
            lines += _compare_path(path, found_fs.get(path), wanted_fs.get(path), latitude.archives)
    return lines


def _config(config):
    """Null, empty and absent are the same."""
    members = {name: sorted(value) if name in SORTED_AS_LISTS and value else value for name, value in config.items()}
    return {name: value for name, value in members.items() if value not in (None, "", [], {}, False)}


def _compare_members(what, found, wanted):
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            yield f"{what} {name}: {found.get(name)!r}, expected {wanted.get(name)!r}"


def _compare_path(path, found, wanted, archives):
    if found is None:
        return [f"{path}: missing ({wanted['type']} expected)"]
    if wanted is None:
        return [f"{path}: not expected ({found['type']})"]
    if found.get("sha256") in archives and wanted["type"] == "file":
        wanted = {**wanted, "size": found["size"], "sha256": found["sha256"]}
    return _compare_members(path, _entry(found), _entry(wanted))


def _entry(entry):
    kept = {name: value for name, value in entry.items() if name not in ("mtime", "xattrs")}
    attributes = {name: _attribute(value) for name, value in (entry.get("xattrs") or {}).items() if not name.startswith("user.")}
    return {**kept, "xattrs": attributes} if attributes else kept


def _attribute(value):
    return value if isinstance(value, str) else "hex:" + value.hex() if _is_binary(value) else value.decode()


def _is_binary(value):
    return not value.isascii() or any(byte < 0x20 for byte in value)


def _compare_history(found, wanted, step):
    lines = [f"history {number}: {_shown(mine)}, expected {_shown(theirs)}"
             for number, (mine, theirs) in enumerate(zip(found, wanted)) if step(mine) != step(theirs)]
    if len(found) != len(wanted):
        lines.append(f"history: {len(found)} entries, expected {len(wanted)}")
    return lines


def _shown(step):
    return f"{step.get('created_by', '')!r}{' (empty)' if step.get('empty_layer') else ''}"
