#!/usr/bin/env python3
"""Checks that the papers of the repository speak of what is there: every path that they name exists, every link leads somewhere, every
schema with its number is one that the sources have, and the map of the house in README.md has the rooms that the tree has, each once.

usage: papers.py [ROOT]

Prints one line a fault, `paper:line: what`, and exits with 1 if there is any. Reads text and names of files alone.
"""
import pathlib
import re
import sys

FLOORS = ("compiler", "plans", "runtime", "tests", "tools")
MAP = "## The map of the house"

# "runtime/store/records.h", "tests/e2e/*.sh", ".ci/run": from the root, where no word or path goes on before it.
PATH = re.compile(r"(?<![\w./:@$~{-])((?:compiler|plans|runtime|tests|tools|\.ci)/[\w./*-]*[\w/*])")
# In papers of plans/ also from there, in code alone: `model/*.h`.
PLANS_PATH = re.compile(r"`((?:base|codec|examples|model|oci|schema|tree)/[\w./*-]*)`")
SCHEMA = re.compile(r"\bmabplan-[a-z-]+-[0-9]+\b")
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


class Papers:
    def __init__(self, root):
        self.root = root
        self.faults = []
        self.schemas = set()  # "mabplan-step-1"

    def check(self):
        for floor in ("compiler", "plans", "runtime", "tools"):
            for path in [*(self.root / floor).rglob("*.h"), *(self.root / floor).rglob("*.cpp")]:
                self.schemas.update(SCHEMA.findall(path.read_text()))
        for paper in ["README.md", *sorted(path.relative_to(self.root).as_posix() for path in (self.root / "plans").glob("*.md"))]:
            self.check_paper(paper)
        self.check_map()
        return self.faults

    def exists(self, path):
        path = re.sub(r"\bNAME\b", "*", path)
        if "*" in path:
            return any(self.root.glob(path.rstrip("/")))
        return (self.root / path).exists() or (self.root / (path + ".cpp")).exists()  # a program that is built from it

    def check_paper(self, paper):
        folder = paper.rpartition("/")[0]
        for number, line in enumerate((self.root / paper).read_text().splitlines(), 1):
            named = PATH.findall(line)
            if folder:
                named += [f"{folder}/{path}" for path in PLANS_PATH.findall(line)]
            for link in LINK.findall(line):
                if ":" not in link:
                    named.append(f"{folder}/{link}".lstrip("/"))
            for path in named:
                if not self.exists(path):
                    self.faults.append(f"{paper}:{number}: {path} is not there")
            for schema in SCHEMA.findall(line):
                if schema not in self.schemas:
                    self.faults.append(f"{paper}:{number}: no source has the schema {schema}")

    # What the floors hold: rooms, and programs and sources that stand in a floor itself.
    def rooms(self, floor):
        for path in sorted((self.root / floor).iterdir()):
            if path.name.startswith((".", "__")) or path.name == "meson.build" or path.suffix == ".md":
                continue
            if path.is_file() or any(inner.is_file() and "__pycache__" not in inner.parts for inner in path.rglob("*")):
                yield path.stem if path.is_file() else path.name

    def check_map(self):
        text = (self.root / "README.md").read_text()
        named = read_map(text.partition(MAP)[2].partition("\n## ")[0])
        if not named:
            self.faults.append(f"README.md: there is no `{MAP}`")
        for floor in FLOORS if named else ():
            there = set(self.rooms(floor))
            for name in named.get(floor, []):
                if name not in there and not (self.root / floor / name).exists():
                    self.faults.append(f"README.md: the map has {floor}/{name}, which is not there")
                if named[floor].count(name) > 1:
                    self.faults.append(f"README.md: the map has {floor}/{name} twice")
            for name in sorted(there - set(named.get(floor, []))):
                self.faults.append(f"README.md: the map does not have {floor}/{name}")


def read_map(text):
    """Rooms by floor. A floor is `name/` at the start of an indented line and goes on to the next; rooms stand between "·" and ",", and
    what is in parentheses or behind a colon is about them."""
    floors, floor = {}, None
    for line in text.splitlines():
        found = re.match(r"    ([a-z]+)/ +(.*)", line)
        if found and found[1] in FLOORS:
            floor = found[1]
            floors[floor] = found[2]
        elif floor and line.startswith("     "):
            floors[floor] += " " + line.strip()
        else:
            floor = None
    return {name: rooms_of(words) for name, words in floors.items()}


def rooms_of(words):
    words = re.sub(r"\([^()]*\)", "", words)
    names = (item.partition(":")[0].strip() for part in words.split("·") for item in part.partition(":")[0].split(","))
    return [name for name in names if name]


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    faults = Papers(root).check()
    for line in faults:
        print(line)
    if faults:
        sys.exit(f"{len(faults)} faults in the papers")
    print("the papers speak of what is there")


if __name__ == "__main__":
    main()
