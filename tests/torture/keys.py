"""A tree and a Dockerfile are edited again and again, one attribute at a time; each build from the cache is compared with a clean one. No false hit: the
layers are those of a clean build. No needless miss: what an edit does not reach is not executed, and what means nothing (times) executes nothing.
"""
import json
import os
import random

from world import Broken, fingerprint, remove

DOCKERFILE = """FROM busybox AS base
COPY --chmod=0755 tree/tools /tools
FROM base AS one
ENV WORD={word}
WORKDIR {workdir}
RUN echo {command} "$WORD" > /said
FROM base AS two
COPY {excluded}tree/data {target}
{user}FROM busybox
COPY --from=one /said /said
COPY --from=two {target} /data
LABEL note="{label}"
"""


class Tree:
    """The context, as it is now, with the edits that can be made to it. Each edit says what it must change: "nothing", or parts of what is executed."""

    def __init__(self, folder, chance):
        self.folder, self.chance = folder, chance
        self.words = {"word": "w", "workdir": "/work", "command": "hello", "excluded": "", "target": "/data/", "user": "", "label": "l"}
        for part in ("tools", "data"):
            for number in range(6):
                path = folder / "tree" / part / f"d{number % 2}" / f"f{number}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(f"{part} {number}\n")
        (folder / "tree/data/empty").mkdir()
        os.symlink("f0", folder / "tree/data/d0/link")
        os.link(folder / "tree/data/d0/f0", folder / "tree/data/d0/hard")
        self.write()

    def write(self):
        (self.folder / "Dockerfile").write_text(DOCKERFILE.format(**self.words))

    def files(self, part):
        return sorted(path for path in (self.folder / "tree" / part).rglob("*") if path.is_file() and not path.is_symlink())

    def any_file(self, part):
        return self.chance.choice(self.files(part))

    def edit(self):
        edits = [self.content, self.mode, self.mtime, self.atime, self.name, self.new_file, self.remove_file, self.link_target, self.empty_folder, self.hard_link,
                 self.folder_mode, self.xattr, self.owner, self.word, self.workdir, self.command, self.label, self.same_content, self.old_time, self.comment]
        return self.chance.choice(edits)()

    def part(self):
        return self.chance.choice(("tools", "data"))

    @staticmethod
    def reach(part):
        """What an edit of a file's content changes there: the tools are in no image."""
        return "images" if part == "data" else "steps"

    def content(self):
        part = self.part()
        path = self.any_file(part)
        text = bytearray(path.read_bytes() or b"x")
        at = self.chance.randrange(len(text))
        text[at] ^= 1 << self.chance.randrange(8)
        with open(path, "r+b") as file:  # of the same size, perhaps within one tick of the clock
            file.write(text)
        return f"content of {path}", self.reach(part)

    def same_content(self):
        path = self.any_file(self.part())
        path.write_bytes(path.read_bytes())
        return f"{path} written again", "nothing"

    def mode(self):
        path = self.any_file("data")
        path.chmod(path.stat().st_mode & 0o7777 ^ self.chance.choice((0o100, 0o020, 0o004)))
        return f"mode of {path}", "images"

    def folder_mode(self):
        path = self.folder / "tree/data" / self.chance.choice(("d0", "d1", "empty"))
        path.mkdir(exist_ok=True)
        path.chmod(path.stat().st_mode & 0o7777 ^ self.chance.choice((0o010, 0o001)))
        return f"mode of {path}", "images"

    def mtime(self):
        path = self.any_file(self.part())
        os.utime(path, (self.chance.randrange(1_000_000_000), self.chance.randrange(1, 1_700_000_000)))
        return f"mtime of {path}", "nothing"

    def old_time(self):
        path = self.any_file(self.part())
        os.utime(path, (0, -self.chance.randrange(1, 1_000_000_000)))
        return f"mtime of {path} below the epoch", "nothing"

    def atime(self):
        path = self.any_file(self.part())
        os.utime(path, ns=(self.chance.randrange(10**18), path.stat().st_mtime_ns))
        return f"atime of {path}", "nothing"

    def name(self):
        path = self.any_file("data")
        path.rename(path.with_name(f"n{self.chance.randrange(10**6)}"))
        return f"name of {path}", "images"

    def new_file(self):
        part = self.part()
        path = self.folder / "tree" / part / f"d{self.chance.randrange(2)}" / f"new{self.chance.randrange(10**6)}"
        path.write_text("new\n")
        return f"new {path}", self.reach(part)

    def remove_file(self):
        part = self.part()
        files = self.files(part)
        if len(files) < 4:
            return self.new_file()
        path = self.chance.choice(files)
        path.unlink()
        return f"{path} removed", self.reach(part)

    def link_target(self):
        path = self.folder / "tree/data/d0/link"
        path.unlink(missing_ok=True)
        os.symlink(f"f{self.chance.randrange(10**6)}", path)
        return f"target of {path}", "images"

    def empty_folder(self):
        path = self.folder / "tree/data" / f"empty{self.chance.randrange(3)}"
        if path.exists():
            path.rmdir()
        else:
            path.mkdir()
        return f"empty folder {path}", "images"

    def hard_link(self):
        """Two names of one file: whether they share an inode is in a layer or not, as a clean build has it."""
        first, second = self.any_file("data"), self.folder / "tree/data/d0/hard"
        if first == second:
            return self.content()
        second.unlink(missing_ok=True)
        os.link(first, second)
        return f"{second} is {first}", "anything"

    def xattr(self):
        path = self.any_file("data")
        try:
            os.setxattr(path, "user.word", str(self.chance.randrange(10**6)).encode())
        except OSError:
            return self.content()
        return f"xattr of {path}", "anything"

    def owner(self):
        path = self.any_file("data")
        if os.geteuid() != 0:
            return self.mtime()
        os.chown(path, self.chance.randrange(1000), self.chance.randrange(1000))
        return f"owner of {path}", "anything"

    def word(self):
        self.words["word"] = f"w{self.chance.randrange(10**6)}"
        self.write()
        return "ENV", "images"

    def workdir(self):
        self.words["workdir"] = f"/work{self.chance.randrange(10**6)}"
        self.write()
        return "WORKDIR", "anything"

    def command(self):
        self.words["command"] = f"hello{self.chance.randrange(10**6)}"
        self.write()
        return "RUN", "images"

    def label(self):
        self.words["label"] = f"l{self.chance.randrange(10**6)}"
        self.write()
        return "LABEL", "configuration"

    def comment(self):
        path = self.folder / "Dockerfile"
        path.write_text(f"# {self.chance.randrange(10**6)}\n\n" + DOCKERFILE.format(**self.words))
        return "a comment", "nothing"


def build(world, project, store, out):
    done = world.run(*world.build_words(out, project=project), store=store)
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Broken(f"the build ended with {done.returncode}: {text}")
    index = json.loads((out / "index.json").read_text())
    digest = index["manifests"][-1]["digest"]
    blobs = out / "blobs/sha256"
    inner = json.loads((blobs / digest[7:]).read_text())
    manifest = json.loads((blobs / inner["manifests"][0]["digest"][7:]).read_text()) if "manifests" in inner else inner
    return text, digest, [layer["digest"] for layer in manifest["layers"]]


def edit_all(world, edits, seed, tell, clean_every=1):
    """How many edits were made. Every so many builds are compared with one in a store of its own."""
    chance = random.Random(seed)
    project = world.folder / "edited"
    remove(project)
    project.mkdir()
    world.forget()
    tree = Tree(project, chance)
    _, before, layers_before = build(world, project, world.store, world.out)
    clean_store = world.folder / "clean-store"
    tools_seen = {fingerprint(project / "tree/tools")}
    for number in range(edits):
        what, changes = tree.edit()
        text, digest, layers = build(world, project, world.store, world.out)
        nothing = "nothing to do" in text
        if changes == "nothing" and (not nothing or digest != before):
            raise Broken(f"edit {number}, {what}: it means nothing, and something was made: {text}")
        if changes == "configuration" and (layers != layers_before or "0 executed" not in text and not nothing):
            raise Broken(f"edit {number}, {what}: only the configuration is another one, and something was executed: {text}")
        if number % clean_every == 0:
            out = world.folder / "clean-out"
            remove(clean_store)
            _, clean, _ = build(world, project, clean_store, out)
            remove(out)
            if clean != digest:
                raise Broken(f"edit {number}, {what}: {digest} from the cache, {clean} without: {text}")
        tools = fingerprint(project / "tree/tools")
        if changes == "steps" and (digest != before or nothing and tools not in tools_seen):
            raise Broken(f"edit {number}, {what}: steps read it, and no image: {text}")
        if changes == "images" and digest == before:
            raise Broken(f"edit {number}, {what}: the image is the same: {text}")
        tools_seen.add(tools)
        before, layers_before = digest, layers
        if number % 200 == 199:
            world.run("cache", "prune", "--max-used-space", "50MB")
        tell(f"{number} of {edits}")
    remove(clean_store)
    return edits
