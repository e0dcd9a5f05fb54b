"""One sequence: a project, a Dockerfile, and builds with edits between them; after each the result must be what a clean build gives, and
compiled must be what has changed.
"""
import copy
import random
import re
import shlex

import build_files
import context as contexts
import edits
import shapes
from builder import Builder, Moment, copy_owned, read_tree, remove
from cargo_project import CargoProject
from objects import Objects
from project import Project

EPOCH = 1_600_000_000
CLEAN_EACH = 10  # sequences one is compared with a clean build


class Wrong(Exception):
    """What is not as it must be."""


class Tree:
    """One of the contexts, with what it was before."""

    def __init__(self, project, folder):
        folder.mkdir(parents=True)
        self.project, self.context = project, contexts.Context(folder)
        self.dummy = other_numbers(project)
        self.earlier = []


def other_numbers(project):
    other = project.copy()
    for path in other.numbers:
        other.numbers[path] = 10999 - other.numbers[path]
    return other


class Sequence:
    def __init__(self, number, kind, seed, surroundings, shape=None):
        self.randomness = random.Random(f"{seed} {number} {kind}")
        self.number, self.kind, self.surroundings = number, kind, surroundings
        name = re.sub(r"\W+", "-", f"{kind}-{number}")
        self.folder = surroundings.folder / name
        self.builder = Builder(surroundings.mabplan, surroundings.bases[kind], self.folder)
        self.shape = shape or shapes.choose(self.randomness, kind)
        self.recipe = shapes.Recipe(kind, name, self.randomness.choice(("locked", "locked", "shared", "private")))
        first = (CargoProject if kind == "cargo" else Project)(self.randomness)
        projects = [first] + [other_numbers(first) for _ in range(1, self.shape.contexts)]
        self.trees = [Tree(project, self.folder / f"context{at}") for at, project in enumerate(projects)]
        self.at = 0
        self.epoch = self.randomness.random() < 0.2
        self.docker_times = self.shape.cached and self.randomness.random() < 0.1
        self.own_store = kind != "cargo" and self.randomness.random() < 0.3  # cargo's base takes long to unpack
        self.store = self.folder / "store" if self.own_store else surroundings.store(kind)
        self.objects = {arch: Objects() for arch in self.archs()}
        self.saved = None
        self.history = []
        self.builds = 0

    @property
    def tree(self):
        return self.trees[self.at]

    @property
    def project(self):
        return self.tree.project

    def archs(self):
        native = self.surroundings.arch
        return (native,) if self.shape.platforms == 0 else (native, "arm64" if native != "arm64" else "amd64")

    # What there is to build.

    def files(self):
        project, dockerfile = self.project, {"Dockerfile": self.shape.dockerfile(self.recipe)}
        files = project.files()
        files[build_files.file_name(self.kind)] = build_files.text(self.kind, project, self.shape.objects)
        if self.shape.archive:
            return {"src.tar": contexts.archive_of(files)} | dockerfile
        if self.shape.dummy:
            files |= {f"dummy/{path}": entry for path, entry in self.stand_ins().files().items()}
        return files | dockerfile

    def stand_ins(self):
        if self.kind != "ninja":
            return self.tree.dummy
        project = other_numbers(self.project)  # ninja wants every file that it is told of
        project.broken = None
        return project

    def flags(self):
        flags = ["--build-arg", f"VARIANT={self.project.variant}"]
        if self.shape.platforms:
            flags += ["--platform", ",".join(f"linux/{arch}" for arch in self.archs())]
        if self.epoch:
            flags += ["--build-arg", f"SOURCE_DATE_EPOCH={EPOCH}"]
        return flags + (["--reproducible", "off"] if self.docker_times else [])

    def note(self, text):
        self.history.append(text)

    # Building and judging.

    def build(self, when="now", *more):
        self.tree.context.write(self.files(), when)
        self.builds += 1
        built = self.builder.build(self.store, self.tree.context.folder, [*self.flags(), *more])
        self.judge(built)
        self.tree.earlier.append(self.project.copy())
        return built

    def build_unchanged(self):
        if self.build().marks:
            raise Wrong("commands were executed, though nothing has changed")

    def kill(self):
        self.tree.context.write(self.files())
        self.builds += 1
        moment = Moment(self.randomness.randint(1, 4), self.randomness.uniform(0.05, 1.5))
        killed = self.builder.kill_midway(self.store, self.tree.context.folder, self.flags(), moment)
        self.note("    killed" if killed else "    was quicker than its end")
        for objects in self.objects.values():
            objects.killed()

    def judge(self, built):
        wanted = 1 if self.project.broken else 0
        if built.status != wanted:
            raise Wrong(f"mabplan ended with {built.status}, expected {wanted}")
        for arch in self.archs():
            compiled, steps = " ".join(sorted(built.compiled(arch))), " ".join(built.steps(arch))
            self.note(f"    {arch}: compiled {compiled or 'nothing'}; commands executed: {steps or 'none'}")
            if not self.project.broken:
                self.judge_result(built, arch)
            if not self.shape.cached:
                self.judge_touched(built, arch)
            elif built.steps(arch):
                self.judge_compiled(built, arch)
            if built.was_stopped(arch):  # perhaps before it said anything
                self.note(f"    {arch}: was stopped")
                self.objects[arch].killed()

    def judge_result(self, built, arch):
        result = built.out / (f"linux_{arch}/result" if self.shape.platforms else "result")
        text, wanted = result.read_text(), self.project.output(arch)
        if text != wanted:
            lines = [f"{ours}, expected {right}" for ours, right in zip(text.splitlines(), wanted.splitlines()) if ours != right]
            raise Wrong(f"A WRONG PROGRAM for {arch}: {'; '.join(lines) or 'other lines'}")

    def judge_touched(self, built, arch):
        compiled = built.compiled_by(arch, "touched")
        if compiled is not None and compiled != self.project.made_anew_by(self.recipe.touched):
            raise Wrong(f"after `touch {self.recipe.touched}` in a step of its own was compiled: {compiled or 'nothing'}")

    def judge_compiled(self, built, arch):
        signatures = {unit: self.project.signature(unit, arch) for unit in self.project.units()}
        compiled, objects = built.compiled(arch), self.objects[arch]
        if "dummy" in built.steps(arch):
            objects.stood_in(self.stand_ins().units())
            compiled = built.compiled_by(arch, "all") or set()
        missing, surplus = objects.must(signatures) - compiled, self.surplus_of(objects, compiled, signatures)
        if "all" in built.steps(arch) and missing and not self.project.broken:
            raise Wrong(f"changed, but not compiled for {arch}: {' '.join(sorted(missing))}")
        if surplus:
            raise Wrong(f"compiled for {arch}, though nothing of it has changed: {' '.join(sorted(surplus))}")
        broken = self.project.broken and self.project.unit_of(self.project.broken)
        if self.removes_all(objects):  # also those that the command did not come to make again
            objects.suspects |= set(objects.signatures)
        objects.variant = self.project.variant
        objects.command_ended(signatures, compiled - {broken}, "all" in built.steps(arch) and not self.project.broken)

    def removes_all(self, objects):
        """The shell script removes all objects of another variant."""
        return self.kind == "shell" and objects.variant != self.project.variant

    def surplus_of(self, objects, compiled, signatures):
        """What was compiled without need."""
        if not self.shape.exact or self.docker_times or self.removes_all(objects):
            return set()
        touched = self.project.made_anew_by(self.recipe.touched) if self.recipe.touched else set()
        left_over = set(self.stand_ins().units()) - set(signatures) if self.shape.dummy else set()  # COPY removes nothing
        return compiled - objects.may(signatures) - touched - left_over

    def save_caches(self):
        self.saved = self.folder / f"saved-{self.builds}", copy.deepcopy(self.objects)
        copy_owned(self.store / "cache-mounts", self.saved[0])

    def import_caches(self):
        """A new store, with nothing but the caches of the old one, or with what was saved of them some builds ago."""
        source, objects = self.saved or (self.store / "cache-mounts", self.objects)
        store = self.folder / f"store-{self.builds}"
        store.mkdir()
        copy_owned(source, store / "cache-mounts")
        self.store, self.objects, self.saved = store, copy.deepcopy(objects), None

    def compare_with_clean_build(self):
        ours = read_tree(self.builder.out)
        clean = self.builder.build(self.folder / "clean-store", self.tree.context.folder, self.flags())
        if clean.status != 0:
            raise Wrong(f"the clean build ended with {clean.status}")
        theirs = read_tree(clean.out)
        differing = sorted(path for path in ours.keys() | theirs.keys() if ours.get(path) != theirs.get(path))
        if differing:
            raise Wrong(f"not as in a clean build: {' '.join(differing)}")

    def first_build(self):
        self.note(f"{self.shape.name}, {self.kind}, sharing={self.recipe.sharing}{', SOURCE_DATE_EPOCH' if self.epoch else ''}"
                  f"{', --reproducible=off' if self.docker_times else ''}: a first build")
        self.build()

    def run(self):
        self.first_build()
        target = self.randomness.randint(4, 8)
        while self.builds < target:
            edits.edit_and_build(self)
        if self.number % CLEAN_EACH == 0:
            self.note("compared with a clean build")
            self.compare_with_clean_build()

    def close(self):
        remove(self.folder)

    def describe(self, error):
        lines = [f"{error}", "", *self.history, "", "the last log:", *self.builder.log.read_text(errors="replace").splitlines(), "",
                 "the last command:", shlex.join(self.builder.last_command), "", "the Dockerfile:", *self.shape.dockerfile(self.recipe).splitlines()]
        return "\n".join("    " + line for line in lines)
