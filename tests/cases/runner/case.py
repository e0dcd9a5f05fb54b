"""A case on disk: what is to be built (case.json) and what must come out (expected.json). Knows no single case."""
import json

SCHEMA = 1


class Case:
    def __init__(self, folder):
        self.folder = folder
        self.name = folder.name
        wanted = json.loads((folder / "case.json").read_text())
        if wanted["schema"] != SCHEMA:
            raise SystemExit(f"{folder}: case.json has schema {wanted['schema']}, not {SCHEMA}")
        self.dockerfile = wanted.get("dockerfile") or "Dockerfile"
        self.context = wanted.get("context") or "context"
        self.target = wanted.get("target")
        self.platforms = _platforms(wanted.get("platform"))
        self.build_args = wanted.get("build_args") or {}
        self.secrets = wanted.get("secrets") or {}
        self.fails = wanted["expect"] == "fail"
        self.may_fail = wanted.get("may_fail", False)
        self.needs = set(wanted.get("needs") or [])
        self.prepare = wanted.get("prepare") or []
        expected = folder / "expected.json"
        self.images = (json.loads(expected.read_text()).get("images") or {}) if expected.exists() else {}


def _platforms(value):
    if value is None:
        return []
    return value.split(",") if isinstance(value, str) else list(value)


def read_cases(folder, names):
    """The cases of a folder by name; all of them where no name is given."""
    found = {path.parent.name: path.parent for path in folder.glob("*/case.json")}
    unknown = [name for name in names if name not in found]
    if unknown:
        raise SystemExit(f"{folder} has no case {', '.join(unknown)}")
    return [Case(found[name]) for name in sorted(names or found)]
