"""What a build must come to: as stored beside the case, or as a peer builds it now."""
import dataclasses

from .compare import expected_listing
from .history import docker_step

DEFAULT = "default"


@dataclasses.dataclass
class Expected:
    may_succeed: bool
    may_fail: bool
    images: dict = dataclasses.field(default_factory=dict)  # by platform: an image and its whole listing
    error: list = dataclasses.field(default_factory=list)   # lines, where the reference failed


class NoReference(Exception):
    """Says why nothing is known of a case."""


class Stored:
    step = staticmethod(docker_step)

    def __init__(self, bases):
        self.bases = bases

    def expected(self, case, _folder):
        images = {platform: (image, expected_listing(image, self.bases)) for platform, image in case.images.items()}
        return Expected(not case.fails or case.may_fail, case.fails or case.may_fail, images)


class Live:
    """As the peer builds it now."""

    def __init__(self, peer):
        self.peer = peer
        self.step = peer.step

    def expected(self, case, folder):
        if reason := self.peer.lacks(case):
            raise NoReference(reason)
        process, archive = self.peer.build(case, folder)
        if process.returncode != 0:
            return Expected(case.may_fail, True, error=[f"{self.peer.name} says:", *process.stdout.splitlines()[-3:]])
        found = archive.images()
        if not found:
            raise NoReference(f"{self.peer.name} writes no image without layers")
        image = next(iter(found.values()))
        unstable = case.images.get(DEFAULT, {}).get("unstable")
        return Expected(True, case.may_fail, {DEFAULT: ({**image, "config": self._config(image), "unstable": unstable}, image["fs"])})

    def _config(self, image):
        """The peers are too old to say that the default working directory is /."""
        config = {name: value for name, value in image["config"].items() if name not in self.peer.config_of_its_own}
        return {**config, "WorkingDir": config.get("WorkingDir") or "/"}
