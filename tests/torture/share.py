"""What one of several workers tries of a part, and what was tried before: a long run may be ended at any time and gone on with. Every try has a name; one
that failed is told, and the others go on.
"""
import hashlib
import pathlib
import sys
import time

from world import Broken

SILENCE = 5  # seconds
MOST_FAILURES = 10  # then the part is given up


class Passed:
    """The names of tries that passed, and how many they count for: in a file, a line each, if there is one. They are of one program."""

    def __init__(self, file, mabplan):
        self.file, self.known = file, {}
        self.program = hashlib.sha256(pathlib.Path(mabplan).read_bytes()).hexdigest()[:16] if file else ""
        if file and file.exists():
            for line in file.read_text().splitlines():
                program, count, name = line.split("\t", 2)
                if program == self.program:
                    self.known[name] = int(count)

    def add(self, name, count):
        if self.file:
            with open(self.file, "a") as out:  # one write: several workers append
                out.write(f"{self.program}\t{int(count)}\t{name}\n")


class Share:
    """Worker `number` of `workers`."""

    def __init__(self, part, number, workers, passed):
        self.part, self.number, self.workers, self.passed = part, number, workers, passed
        self.failures = []
        self.told = time.monotonic()

    def mine(self, items):
        return list(items)[self.number::self.workers]

    def once(self, name, attempt):
        """What the attempt counts for; one that passed before is not made again."""
        name = f"{self.part}: {name}"
        if name in self.passed.known:
            return self.passed.known[name]
        try:
            count = attempt()
        except Broken as why:
            self.failures.append(str(why))
            if len(self.failures) >= MOST_FAILURES:
                raise
            print(f"    … {why}", file=sys.stderr, flush=True)
            return 0
        self.passed.add(name, count)
        return count

    def tell(self, how_far):
        """A line now and then."""
        now = time.monotonic()
        if now - self.told > SILENCE * self.workers:
            self.told = now
            print(f"    … {self.part}: {how_far}", flush=True)


def in_pieces(run, tries, piece, seed):
    """A part whose tries have no names: so many at a time are one with a name. run(world, tries, seed, tell)."""
    def all_pieces(world, share):
        done = 0
        for start in share.mine(range(0, tries, piece)):
            count = min(piece, tries - start)
            tell = lambda how_far, start=start: share.tell(f"{how_far}, from {start} on, of {tries}")
            done += share.once(f"{count} from {start} on, seed {seed}", lambda: run(world, count, f"{seed} {start}", tell))
        return done
    return all_pieces
