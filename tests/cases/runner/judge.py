"""One case from its context to a verdict."""
import os

from .compare import differences, expected_listing
from .context import may_all_be_read, prepare_case
from .image import Layout
from .leftovers import mount_targets

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"
REFUSALS = (1, 2, 4, 5)      # a step failed, wrong input, network, a digest; all else is no answer to a wrong Dockerfile
LACKING_HOST = 36
DEFAULT = "default"
NEEDS_ROOT = "needs root"


class Judge:
    def __init__(self, builder, bases, work):
        self.builder = builder
        self.bases = bases
        self.work = work
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
        process, layout = self.builder.build(case, folder, self.bases.contexts())
        if process.returncode == LACKING_HOST:
            return SKIPPED, ["this host lacks something:", *process.stdout.splitlines()]
        if process.returncode != 0:
            return self._judge_refusal(case, process)
        if case.fails and not case.may_fail:
            return FAILED, ["an error was expected"]
        lines = self._compare(case, folder, layout, archives)
        return (FAILED, lines) if lines else (PASSED, [])

    @staticmethod
    def _judge_refusal(case, process):
        if (case.fails or case.may_fail) and process.returncode in REFUSALS:
            return PASSED, []
        return FAILED, [f"exit {process.returncode}:", *process.stdout.splitlines()]

    def _compare(self, case, folder, layout, archives):
        found = Layout(layout).images()
        targets = mount_targets((folder / case.dockerfile).read_text(errors="replace"))
        lines = []
        for platform, wanted in case.images.items():
            image = next(iter(found.values())) if platform == DEFAULT else found.get(platform)
            if image is None:
                lines.append(f"{platform}: no such image")
                continue
            prefix = "" if platform == DEFAULT else platform + ": "
            lines += [prefix + line for line in differences(image, wanted, expected_listing(wanted, self.bases), targets, archives)]
        if case.images and len(found) != len(case.images):
            lines.append(f"{len(found)} images, expected {len(case.images)}")
        return lines
