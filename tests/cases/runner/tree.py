"""The root file system that layers make, one above the other (image-spec, layer.md), as a listing in the form of expected.json."""
import posixpath

from .raw_path import escape

WHITEOUT = b".wh."
OPAQUE = b".wh..wh..opq"


def flatten(layers):
    """The listing of a stack of layers, each as read_layer gives it, bottom first."""
    tree = {}
    for layer in layers:
        _hide(tree, layer)
        for path, node in layer:
            if not posixpath.basename(path).startswith(WHITEOUT):
                _put(tree, path, node)
    return _listing(tree)


def _hide(tree, layer):
    """Whiteouts speak of the layers below only, wherever in their own layer they stand."""
    for path, _ in layer:
        folder, name = posixpath.split(path)
        if name == OPAQUE:
            _remove_below(tree, folder)
        elif name.startswith(WHITEOUT):
            hidden = posixpath.join(folder, name.removeprefix(WHITEOUT))
            tree.pop(hidden, None)
            _remove_below(tree, hidden)


def _remove_below(tree, folder):
    prefix = folder + b"/" if folder else b""
    for path in [path for path in tree if path.startswith(prefix)]:
        del tree[path]


def _put(tree, path, node):
    if node["type"] != "dir" and path in tree:
        _remove_below(tree, path)
    # Two names of one file hold the same object.
    tree[path] = tree[node["link"]] if node["type"] == "hardlink" else node


def _listing(tree):
    first_names, listing = {}, {}
    for path in sorted(tree):
        names = first_names.setdefault(id(tree[path]), [])
        names.append(path)
    for path in sorted(tree):
        if path in (b"", b"."):
            continue
        names = first_names[id(tree[path])]
        listing["/" + escape(path)] = _entry(tree[path], "/" + escape(names[0]) if len(names) > 1 else None)
    return listing


def _entry(node, hardlink):
    entry = {name: value for name, value in node.items() if name not in ("mode", "link")}
    if node["type"] != "symlink":
        entry["mode"] = f"{node['mode']:04o}"
    else:
        entry["link"] = escape(node["link"])
    if hardlink:
        entry["hardlink"] = hardlink
    return entry
