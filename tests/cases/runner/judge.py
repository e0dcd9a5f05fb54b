"""One case from its context to a verdict."""
import os

from .accept import accept
from .compare import Latitude, differences
from .context import may_all_be_read, prepare_case
from .leftovers import mount_targets
from .reference import DEFAULT, NoReference

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
REFUSALS = (1, 2, 4, 5)      # a step failed, wrong input, network, a digest; all else is no answer to a wrong Dockerfile
LACKING_HOST = 36
NEEDS_ROOT = "needs root"


class Judge:
    def __init__(self, builder, reference, bases, work, accepts=False):
        """accepts: what is built becomes the expectation."""
        self.builder = builder
        self.reference = reference
        self.bases = bases
        self.work = work
        self.accepts = accepts
        self.may_make_all = os.geteuid() == 0 and not builder.user

    def judge(self, case):
        """A verdict and lines that explain it."""
        if "root" in case.needs and not self.may_make_all:
            return SKIPPED, [NEEDS_ROOT]
        folder = self.work / case.name
        try:
            archives = prepare_case(case, folder)
        except OSError as error:
            return SKIPPED, [f"the context can't be made here: {error}"]
        if not self.may_make_all and not may_all_be_read(folder):
            return SKIPPED, [NEEDS_ROOT]
        self.builder.give_to_user(folder)
        try:
            expected = self.reference.expected(case, folder)
        except NoReference as reason:
            return SKIPPED, [str(reason)]
        return self._judge_build(case, folder, expected, archives)

    def _judge_build(self, case, folder, expected, archives):
        process, layout = self.builder.build(case, folder, self.bases.contexts())
        if process.returncode == LACKING_HOST:
            return SKIPPED, ["this host lacks something:", *process.stdout.splitlines()]
        if process.returncode != 0:
            return _judge_refusal(expected, process)
        if self.accepts and not case.fails:
            accept(case, layout.images(), self.bases)
            return PASSED, []
        if not expected.may_succeed:
            return FAILED, ["an error was expected", *expected.error]
        targets = mount_targets((folder / case.dockerfile).read_text(errors="replace"))
        lines = compare_images(layout.images(), expected.images, Latitude(targets, archives, self.reference.step))
        return (FAILED, lines) if lines else (PASSED, [])


def _judge_refusal(expected, process):
    if expected.may_fail and process.returncode in REFUSALS:
        return PASSED, []
    return FAILED, [f"exit {process.returncode}:", *process.stdout.splitlines()]


def compare_images(found, expected, latitude):
    lines = []
    for platform, (wanted, wanted_fs) in expected.items():
        image = next(iter(found.values())) if platform == DEFAULT else found.get(platform)
        if image is None:
            lines.append(f"{platform}: no such image")
            continue
        prefix = "" if platform == DEFAULT else platform + ": "
        lines += [prefix + line for line in differences(image, wanted, wanted_fs, latitude)]
    if expected and len(found) != len(expected):
        lines.append(f"{len(found)} images, expected {len(expected)}")
    return lines
