"""The examples that once gave wrong programs with exit status 0, each with the edits that did it. Nothing in them is random but the project."""
import edits
import shapes
from sequence import Sequence, Wrong


def change_each(sequence):
    """One after the other, with times that tell nothing."""
    for path, when in zip(sorted(sequence.project.numbers), ("now", "past", "kept", "future", "past", "kept")):
        sequence.project.numbers[path] = sequence.project.number(sequence.randomness)
        sequence.note(f"changes {path} ({when})")
        sequence.build(when)


def go_back(sequence):
    sequence.tree.project = sequence.tree.earlier[0].copy()
    sequence.note("goes back to what was built first, in a fresh clone, with a step more before it")
    sequence.recipe.before += 1
    sequence.tree.context.clone()
    sequence.build("past")


def change_nothing_that_matters(sequence):
    sequence.tree.context.clone()
    sequence.note("a fresh clone, and another comment in the Dockerfile")
    edits.comment(sequence)
    built = sequence.build("future")
    if any(mark.word == "compiling" for mark in built.marks):
        raise Wrong("compiled, though nothing has changed")
    edits.change_nothing(sequence)


def touch_in_a_step(sequence):
    sequence.recipe.touched = sequence.project.sources()[0]
    sequence.note(f"a step of its own touches {sequence.recipe.touched}")
    built = sequence.build()
    if "touched" not in built.steps(sequence.archs()[0]):
        raise Wrong("the step after it was not executed")


def fail_and_mend(sequence):
    """A command that fails has made a part of what is to be made, and perhaps removed the rest."""
    sequence.project.variant += 1
    sequence.project.broken = sequence.project.sources()[-1]
    sequence.note(f"another variant, and a syntax error in {sequence.project.broken}")
    sequence.build()
    sequence.project.broken = None
    sequence.note("mended")
    sequence.build()
    edits.change_nothing(sequence)


SEQUENCES = {
    ("copied, with a cache mount", "make"): (shapes.Shape, (change_each, go_back, change_nothing_that_matters)),
    ("mounted, with a cache mount", "make"): (shapes.Mounted, (change_each, go_back, change_nothing_that_matters)),
    ("from a rebuilt stage, with a cache mount", "ninja"): (shapes.FromStage, (change_each, go_back, change_nothing_that_matters)),
    ("one cache for two TARGETARCHes", "make"): (shapes.TwoPlatforms, (change_each, go_back, change_nothing_that_matters)),
    ("one cache for two contexts", "ninja"): (shapes.TwoContexts, (edits.switch_context, Sequence.build, change_each, edits.switch_context, Sequence.build)),
    ("a failure on the way", "shell"): (shapes.Archived, (fail_and_mend, change_each, fail_and_mend)),
    ("a failure on the way", "make"): (shapes.Shape, (fail_and_mend, change_each, fail_and_mend)),
    ("a failure on the way", "ninja"): (shapes.TwoPlatforms, (fail_and_mend, fail_and_mend)),
    ("stand-ins in layers", "make"): (shapes.Layers, (change_each, go_back, touch_in_a_step)),
    ("stand-ins in layers, ninja", "ninja"): (shapes.Layers, (change_each, go_back, touch_in_a_step)),
    ("a stand-in for main.rs in layers", "cargo"): (shapes.Layers, (change_each, touch_in_a_step)),
}
FIXED = list(SEQUENCES)


class FixedSequence(Sequence):
    def __init__(self, name, kind, surroundings):
        shape, self.steps = SEQUENCES[name, kind]
        super().__init__(name, kind, "fixed", surroundings, shape())
        self.docker_times = False

    def run(self):
        self.first_build()
        for step in self.steps:
            step(self)
        self.note("compared with a clean build")
        self.compare_with_clean_build()
