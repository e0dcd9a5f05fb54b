#!/usr/bin/env python3
"""Builds small C projects again and again with edits between the builds, through random Dockerfiles, and compares each result with a clean one.

usage: stale_builds.py --mabplan BINARY --bases FOLDER [--sequences N] [--kind KIND]… [--seed S] [--jobs N] [--only NAME] [--tell] [--keep]

What a program prints is known from its sources, so each build is judged: it must be right, compile all that has changed since the objects in
its cache were made, and nothing else. Every tenth sequence is compared, byte by byte, with a build in a new store. BASES is where base images with
build tools are kept; they are made of Debian packages of the machine's own sources where they are missing. KIND: make, ninja, shell (a script that
compares times by itself), cargo; without it a mixture. Fixed sequences come first. A failure says how to repeat it; the last line is the total.
"""
import argparse
import concurrent.futures
import dataclasses
import os
import pathlib
import random
import sys
import tempfile
import threading
import time
import traceback

import toolchains
from builder import remove
from fixed_sequences import FIXED, FixedSequence
from sequence import Sequence, Wrong

TEST_SKIPPED = 77  # what meson takes for it
MIXTURE = {"make": 24, "ninja": 12, "shell": 3, "cargo": 1}
SILENCE = 5  # seconds


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mabplan", type=lambda path: pathlib.Path(path).absolute(), required=True, help="the binary to test")
    parser.add_argument("--bases", type=lambda path: pathlib.Path(path).absolute(), required=True, help="where base images are kept")
    parser.add_argument("--sequences", type=int, default=40)
    parser.add_argument("--kind", action="append", choices=[*MIXTURE], help="only these; may be repeated")
    parser.add_argument("--seed", default=str(int(time.time())), help="the same seed: the same sequences")
    parser.add_argument("--jobs", type=int, default=4 * (os.cpu_count() or 1), help="sequences at a time; most of their time they wait")
    parser.add_argument("--only", metavar="NAME", help="this sequence alone: its number, or its name")
    parser.add_argument("--tell", action="store_true", help="tell of those that pass too what they did")
    parser.add_argument("--keep", action="store_true", help="leave the folder of a failing sequence")
    return parser.parse_args()


@dataclasses.dataclass
class Surroundings:
    """What all sequences share."""
    mabplan: pathlib.Path
    bases: dict  # by kind
    folder: pathlib.Path
    arch: str
    threads: threading.local = dataclasses.field(default_factory=threading.local)

    def store(self, kind):
        """One for each thread, so that a base is not unpacked for each sequence; one for all that need cargo's, which is large."""
        if kind == "cargo":
            return self.folder / "store-cargo"
        if not hasattr(self.threads, "store"):
            self.threads.store = self.folder / f"store-{threading.get_ident()}"
        return self.threads.store


def kinds_of(arguments):
    """The kind of each sequence: the mixture, over and over."""
    kinds = [kind for kind, share in MIXTURE.items() if not arguments.kind or kind in arguments.kind for _ in range(share)]
    random.Random(0).shuffle(kinds)
    number = int(arguments.only) + 1 if (arguments.only or "").isdigit() else arguments.sequences
    return [kinds[at % len(kinds)] for at in range(number)]


def make_sequence(number, kind, arguments, surroundings):
    if isinstance(number, int):
        return Sequence(number, kind, arguments.seed, surroundings)
    return FixedSequence(number, kind, surroundings)


def run_sequence(number, kind, arguments, surroundings):
    """Nothing, or why it failed, and how many builds it was."""
    sequence = make_sequence(number, kind, arguments, surroundings)
    failure = None
    try:
        sequence.run()
    except Wrong as error:
        failure = sequence.describe(error)
    except Exception:  # a fault of the test is a failure that is told like others
        failure = sequence.describe(traceback.format_exc())
    if arguments.tell and not failure:
        print("\n".join([f"passed: sequence {number} ({kind})", *sequence.history]), flush=True)
    if not (failure and arguments.keep):
        sequence.close()
    return failure, sequence.builds


def show_failure(number, kind, failure, arguments):
    print(f"failed: sequence {number} ({kind})\n{failure}\n\n    to repeat it: --seed {arguments.seed} --kind {kind} --only '{number}'", flush=True)


def run_all(arguments, surroundings, chosen):
    passed = failed = builds = 0
    started = said = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        running = {pool.submit(run_sequence, number, kind, arguments, surroundings): (number, kind) for number, kind in chosen}
        while running:
            done, _ = concurrent.futures.wait(running, SILENCE, concurrent.futures.FIRST_COMPLETED)
            for future in done:
                number, kind = running.pop(future)
                failure, count = future.result()
                passed, failed, builds = passed + (not failure), failed + bool(failure), builds + count
                if failure:
                    show_failure(number, kind, failure, arguments)
            if time.monotonic() - said > SILENCE or not running:
                said = time.monotonic()
                print(f"stale builds: {passed + failed} of {len(chosen)} sequences, {builds} builds, {said - started:.0f} s", flush=True)
    return passed, failed


def choose(arguments):
    """Name and kind of all that is to be run: the fixed ones, then those at random."""
    wanted = [(name, kind) for name, kind in FIXED if not arguments.kind or kind in arguments.kind] + list(enumerate(kinds_of(arguments)))
    return [(name, kind) for name, kind in wanted if arguments.only in (None, str(name))]


def wait_aloud(future, what):
    """The result, and a sign of life until it is there."""
    while not concurrent.futures.wait([future], SILENCE).done:
        print(f"stale builds: still {what}", flush=True)
    return future.result()


def make_bases(kinds, folder):
    """The base of each kind, and why there is none."""
    bases, reasons = {}, {}
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for kind in sorted(kinds):
            make = toolchains.cargo_base if kind == "cargo" else toolchains.c_base
            try:
                bases[kind] = wait_aloud(pool.submit(make, folder), f"making a base image with {kind}")
            except toolchains.Unavailable as reason:
                reasons[kind] = reason
    return bases, reasons


def main():
    arguments = read_arguments()
    os.umask(0o022)
    arguments.mabplan = arguments.mabplan.resolve()
    print(f"stale builds: seed {arguments.seed}", flush=True)
    chosen = choose(arguments)
    bases, reasons = make_bases({kind for _, kind in chosen}, arguments.bases)
    for kind, reason in reasons.items():
        print(f"skipped: {sum(of == kind for _, of in chosen)} sequences with {kind}: {reason}")
    skipped = [one for one in chosen if one[1] in reasons]
    chosen = [one for one in chosen if one[1] in bases]
    if not chosen:
        print(f"0 passed, 0 failed, {len(skipped)} skipped")
        return TEST_SKIPPED
    folder = pathlib.Path(tempfile.mkdtemp(prefix="mabplan-stale."))
    try:
        passed, failed = run_all(arguments, Surroundings(arguments.mabplan, bases, folder, toolchains.native_architecture()), chosen)
    finally:
        if not arguments.keep:
            with concurrent.futures.ThreadPoolExecutor(1) as pool:
                wait_aloud(pool.submit(remove, folder), "removing its stores")
    print(f"{passed} passed, {failed} failed, {len(skipped)} skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
