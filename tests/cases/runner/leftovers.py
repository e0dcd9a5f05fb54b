"""What a RUN may leave behind in one image and not in the other: mount points. Either is right."""
import re

POINTS = ("/proc", "/sys", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/dev/console", "/run", "/run/secrets", "/etc",
          "/etc/hosts", "/etc/resolv.conf", "/etc/hostname")


def mount_targets(dockerfile):
    """The targets of RUN --mount, as written, and the default ones of secrets."""
    targets = []
    for mount in re.findall(r"--mount=(\S+)", dockerfile):
        options = dict(option.partition("=")[::2] for option in mount.split(","))
        target = next((options[name] for name in ("target", "dst", "destination") if name in options), None)
        if target is None and options.get("type") == "secret":
            target = "/run/secrets/" + options.get("id", "")
        if target:
            targets.append(target.strip("\"'").rstrip("/"))
    return targets


def drop_leftovers(found, wanted, targets):
    """Both listings without the empty leftovers that one has and the other lacks."""
    return _without(found, wanted, targets), _without(wanted, found, targets)


def _without(listing, other, targets):
    """Deepest first, so that a folder which holds only leftovers is one too."""
    kept = dict(listing)
    holds = {}
    for path in listing:
        parent = path.rpartition("/")[0]
        holds[parent] = holds.get(parent, 0) + 1
    for path in sorted(listing, key=lambda path: -path.count("/")):
        if path not in other and not holds.get(path) and _is_point(path, targets) and _is_empty(listing[path]):
            del kept[path]
            holds[path.rpartition("/")[0]] -= 1
    return kept


def _is_empty(entry):
    return entry["type"] == "dir" or entry["type"] == "file" and entry["size"] == 0


def _is_point(path, targets):
    """A target that is relative hangs below a WORKDIR; the folders above a target are made with it."""
    return path in POINTS or any(
        target == path or target.startswith(path + "/") or not target.startswith("/") and path.endswith("/" + target)
        for target in targets)
