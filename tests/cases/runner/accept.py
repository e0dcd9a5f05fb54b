"""Writes what a build came to as the expectation of its case. Who accepts reads the difference before it is committed."""
import json

from .compare import SORTED_AS_LISTS
from .reference import DEFAULT

WIDTH = 200


def accept(case, images, bases):
    """Beside the case, in the form of expected.json."""
    stored = {platform if len(images) > 1 else DEFAULT: _image(image, case, bases) for platform, image in images.items()}
    document = {"schema": 1, "case": case.name, "status": "ok", "images": stored}
    (case.folder / "expected.json").write_text(_text(document, 0) + "\n")


def _image(image, case, bases):
    config = {name: sorted(value) if name in SORTED_AS_LISTS else value for name, value in image["config"].items()}
    history = [{"created_by": step.get("created_by", ""), "empty_layer": step.get("empty_layer", False)} for step in image["history"]]
    unstable = next(iter(case.images.values()), {}).get("unstable")
    return {"platform": image["platform"], "config": config, "history": history, **_files(image, case, bases),
            **({"unstable": unstable} if unstable else {})}


def _files(image, case, bases):
    """The difference to the base that the case needs, where that is shorter: packages of bases have other versions one day."""
    whole = {path: _entry(entry) for path, entry in image["fs"].items()}
    forms = [{"fs": whole}]
    for layout in bases.folders():
        if layout.name in case.needs:
            name = "-".join([layout.name, *image["platform"].split("/")])
            below = {path: _entry(entry) for path, entry in bases.listing(name).items()}
            changes = {path: whole.get(path) for path in sorted(below | whole) if whole.get(path) != below.get(path)}
            forms.append({"fs_base": name, "fs": changes})
    return min(forms, key=lambda form: len(form["fs"]))


def _entry(entry):
    first = {name: entry[name] for name in ("type", "mode") if name in entry}
    attributes = {name: _value(value) for name, value in entry.get("xattrs", {}).items()}
    return {**first, **entry, **({"xattrs": attributes} if attributes else {})}


def _value(value):
    return "hex:" + value.hex() if isinstance(value, bytes) else value


def _text(value, indent):
    """JSON whose lists and objects stand in one line where they fit."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, (dict, list)) or not value or indent + len(line) <= WIDTH and indent > 2:
        return line
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{pad}{json.dumps(key, ensure_ascii=False)}: {_text(member, indent + 2)}" for key, member in value.items()]
        return "{\n" + ",\n".join(parts) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + _text(member, indent + 2) for member in value) + "\n" + " " * indent + "]"
