"""The ways in which a Dockerfile brings sources, objects and commands together. Knows what a project is made with, not what is in it."""
import dataclasses
import random

import build_files

FINAL = "FROM scratch\nCOPY --from=build /out /\n"


@dataclasses.dataclass
class Recipe:
    """What an edit may change of a Dockerfile, and the rest of what it is made of."""
    kind: str
    cache_id: str
    sharing: str
    comment: int = 0
    environment: int = 0  # what a variable says that no command reads
    before: int = 0  # steps more in front of the sources
    touched: str = ""  # a source that a step of its own touches before the last command

    def mount(self):
        return f"--mount=type=cache,id={self.cache_id},target=/cache,sharing={self.sharing}"

    def head(self, platform=""):
        lines = [f"# comment {self.comment}", "FROM " + platform + "base AS build", "ARG TARGETARCH", "ARG VARIANT", f"ENV OTHER={self.environment}"]
        return "\n".join(lines + [f"RUN echo {number} >/before" for number in range(self.before)]) + "\n"

    def touch(self):
        return f"RUN touch /src/{self.touched}\n" if self.touched else ""

    def make(self, objects, part="all", word=None):
        return f"echo making ${{TARGETARCH:-native}} {word or part} && mkdir -p {objects} && cd /src && " + build_files.command(self.kind, objects, part)

    def make_result(self, objects, word="all"):
        return f"{self.make(objects, 'all', word)} && {build_files.keep_result(self.kind, objects)}"


class Shape:
    """COPY . and a cache mount."""
    name = "copied"
    objects = "/cache"
    platforms = 0  # that are asked for; none: the one of this machine
    exact = True  # what is compiled is what has changed, and no more
    contexts = 1
    archive = False
    cached = True
    dummy = False  # stand-ins for the sources are compiled first

    def dockerfile(self, recipe):
        return (recipe.head() + "COPY . /src\n" + recipe.touch() + f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


class Mounted(Shape):
    """The context is a bind mount."""
    name = "mounted"

    def dockerfile(self, recipe):
        return recipe.head() + f"RUN {recipe.mount()} --mount=type=bind,target=/src {recipe.make_result('/cache')}\n" + FINAL


class TwoCommands(Shape):
    """Two commands share the cache: the first makes the archive, and sees nothing of the program."""
    name = "two commands"
    exact = False

    def dockerfile(self, recipe):
        return (recipe.head() + f"COPY {build_files.file_name(recipe.kind)} /src/\nCOPY include /src/include\nCOPY gen /src/gen\nCOPY lib /src/lib\n"
                f"RUN {recipe.mount()} {recipe.make('/cache', 'lib')}\nCOPY app /src/app\n" + recipe.touch() +
                f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


class TwoCommandsWithAll(Shape):
    """Two commands share the cache and see all."""
    name = "two commands with all"

    def dockerfile(self, recipe):
        return (recipe.head() + f"COPY . /src\nRUN {recipe.mount()} {recipe.make('/cache', 'lib')}\n" + recipe.touch() +
                f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


class FromStage(Shape):
    """The sources come from a stage that is built anew."""
    name = "from a stage"

    def dockerfile(self, recipe):
        return ("FROM base AS sources\nCOPY . /in\nRUN cp -r /in /src\n" + recipe.head() + "COPY --from=sources /src /src\n" + recipe.touch() +
                f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


class MountedStage(Shape):
    """They are mounted from such a stage."""
    name = "mounted from a stage"

    def dockerfile(self, recipe):
        return ("FROM base AS sources\nCOPY . /in\nRUN cp -r /in /src\n" + recipe.head() +
                f"RUN {recipe.mount()} --mount=type=bind,from=sources,source=/src,target=/src {recipe.make_result('/cache')}\n" + FINAL)


class Archived(Shape):
    """ADD unpacks them from an archive in which they have old times."""
    name = "archived"
    archive = True

    def dockerfile(self, recipe):
        return recipe.head() + "ADD src.tar /src/\n" + recipe.touch() + f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL


class TwoPlatforms(Shape):
    """Two platforms, each with its cache, compiled on this machine's platform for the other one."""
    name = "two platforms"
    platforms = 2

    def dockerfile(self, recipe):
        return (recipe.head("--platform=$BUILDPLATFORM ") + "COPY . /src\n" + recipe.touch() + f"RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


class TwoContexts(Shape):
    """Two projects with the same names use one cache in turn."""
    name = "two contexts"
    contexts = 2


class Layers(Shape):
    """No cache mount: stand-ins for all sources are compiled in a layer, then the sources come."""
    name = "layers"
    objects = "/objects"
    exact = False
    cached = False
    dummy = True

    def dockerfile(self, recipe):
        touch = f"{recipe.touch()}RUN {recipe.make_result('/objects', 'touched')}\n" if recipe.touched else ""
        return (recipe.head() + f"COPY dummy {build_files.file_name(recipe.kind)} /src/\nRUN {recipe.make('/objects', 'all', 'dummy')}\n{build_files.copies(recipe.kind)}"
                f"RUN {recipe.make_result('/objects')}\n" + touch + FINAL)


class StandIns(Shape):
    """The same, and both commands share a cache."""
    name = "stand-ins with a cache"
    dummy = True

    def dockerfile(self, recipe):
        return (recipe.head() + f"COPY dummy {build_files.file_name(recipe.kind)} /src/\nRUN {recipe.mount()} {recipe.make('/cache', 'all', 'dummy')}\n"
                f"{build_files.copies(recipe.kind)}{recipe.touch()}RUN {recipe.mount()} {recipe.make_result('/cache')}\n" + FINAL)


SHAPES = (Shape, Mounted, TwoCommands, TwoCommandsWithAll, FromStage, MountedStage, Archived, TwoPlatforms, TwoContexts, Layers, Layers, StandIns)


def choose(randomness: random.Random, kind):
    return randomness.choice([shape for shape in SHAPES if kind != "cargo" or shape is not TwoCommands])()
