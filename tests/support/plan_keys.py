"""The keys and the checksum of a plan, computed as plans/README.md tells it and with nothing of mabplan: where the two agree, the
text is enough for another program."""
import base64
import hashlib
import json

SCRATCH = "scratch"


def checksum(plan):
    rest = {name: value for name, value in plan.items() if name != "checksum"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def text_of(plan):
    """The bytes of the file."""
    return json.dumps(plan, sort_keys=True, indent=2, ensure_ascii=False) + "\n"


def to_bytes(value):
    return base64.b64decode(value["base64"]) if isinstance(value, dict) else value.encode()


def hash_fields(fields):
    sha256 = hashlib.sha256()
    for pair in fields:
        for text in pair:
            text = to_bytes(text) if isinstance(text, (str, dict)) else text
            sha256.update(len(text).to_bytes(8, "little") + text)
    return "sha256:" + sha256.hexdigest()


def key(plan, action):
    return hash_fields(fields_of(plan, action))


def fields_of(plan, action):
    kind = action["kind"]
    yield "semantics", str(plan["semantics"])
    yield "kind", kind
    if kind in ("run", "copy", "make-directory"):
        time = action["time"]
        yield "time", "keep" if time is None else str(time["start"] + time["place"])
    if "root" in action:
        yield "root", key_of(plan, action["root"])
    yield from FIELDS[kind](plan, action)


def image_fields(_, image):
    chain = None
    for layer in image["layers"]:
        above = layer["diff_id"]
        chain = above if chain is None else "sha256:" + hashlib.sha256(f"{chain} {above}".encode()).hexdigest()
    yield "base image", chain or SCRATCH


def run_fields(plan, run):
    yield from list_fields("argv", run["argv"])
    names = [to_bytes(entry).partition(b"=")[0] for entry in run["env"]]
    yield from list_fields("env.names", names)
    for name, entry in zip(names, run["env"]):
        yield b"env " + name, entry
    for member in ("cwd", "user", "hostname", "platform", "network", "security", "noise"):
        yield member, run[member]
    yield "epoch", "none" if run["epoch"] is None else str(run["epoch"])
    yield "mounts.count", str(len(run["mounts"]))
    for number, mount in enumerate(run["mounts"]):
        for name, value in mount_fields(plan, mount):
            yield f"mount[{number}].{name}", value
    if run["extra_hosts"]:
        yield from list_fields("extra hosts", [host["name"] for host in run["extra_hosts"]])
    if run["ulimits"]:
        limits = [f"{limit['name']}={bound(limit['soft'])}:{bound(limit['hard'])}" for limit in run["ulimits"]]
        yield from list_fields("ulimits", limits)


def bound(limit):
    return -1 if limit is None else limit


def mount_fields(plan, mount):
    kind = mount["type"]
    qualities = {"bind": "writable", "cache": "read_only", "secret": "required", "ssh": "required"}
    quality = qualities.get(kind)
    yield "target", mount["target"]
    yield "type", f"{kind}, {quality.replace('_', '-')}" if quality and mount[quality] else kind
    if kind in ("bind", "cache"):
        from_kind, identity = origin_of(plan, mount)
        yield "from kind", from_kind
        yield "from", identity
        yield "source", mount["source"]
    if kind == "tmpfs":
        yield "size", number_or_default(mount["size"])
    if kind in ("secret", "ssh"):
        yield "id", mount["id"]
    if kind == "secret":
        yield "variable", mount["variable"] or ""
    if kind in ("cache", "secret", "ssh"):
        yield "mode", "default" if mount["mode"] is None else f"{mount['mode']:o}"
        yield "owner", f"{number_or_default(mount['uid'])}:{number_or_default(mount['gid'])}"


def copy_fields(plan, copy):
    yield "parts.count", str(len(copy["parts"]))
    for number, part in enumerate(copy["parts"]):
        from_kind, identity = origin_of(plan, part)
        yield f"part[{number}].kind", from_kind
        yield f"part[{number}].files", identity
        yield from list_fields(f"part[{number}].sources", part["sources"])
        yield f"part[{number}].unpack", "archives" if part["unpack"] else "nothing"
        yield f"part[{number}].times", part["times"]
    for member in ("destination", "chown", "chmod"):
        yield member, copy[member]
    yield from list_fields("excludes", copy["excludes"])
    yield "parents", "kept" if copy["parents"] else "dropped"
    yield "link", yes_or_no(copy["link"])


def make_directory_fields(_, made):
    yield "path", made["path"]
    yield "owner", made["owner"]


def fetch_fields(_, fetch):
    for member in ("url", "checksum", "name"):
        yield member, fetch[member]
    yield "modified", "" if fetch["modified"] is None else str(fetch["modified"])


def git_fields(_, git):
    for member in ("remote", "ref", "subdir", "checksum"):
        yield member, git[member]
    yield "keep git dir", yes_or_no(git["keep_git_dir"])
    yield "submodules", yes_or_no(git["submodules"])
    yield "fetch by commit", yes_or_no(git["fetch_by_commit"])
    yield "times", "commit" if git["commit_times"] else "checkout"


FIELDS = {"image": image_fields, "run": run_fields, "copy": copy_fields, "make-directory": make_directory_fields, "fetch": fetch_fields,
          "git": git_fields}


def list_fields(tag, values):
    yield f"{tag}.count", str(len(values))
    for number, value in enumerate(values):
        yield f"{tag}[{number}]", value


def origin_of(plan, holder):
    if "from_context" in holder:
        return "context", holder["from_context"]["tree"]
    if "from_inline" in holder:
        return "inline", hash_fields(inline_fields(holder["from_inline"]))
    return "root file system", key_of(plan, holder["from_root"])


def inline_fields(files):
    for file in files:
        yield "name", file["name"]
        yield "mode", f"{file['mode']:o}"
        yield "content", file["content"]


def key_of(plan, index):
    return SCRATCH if index is None else plan["actions"][index]["key"]


def number_or_default(number):
    return "default" if number is None else str(number)


def yes_or_no(flag):
    return "yes" if flag else "no"
