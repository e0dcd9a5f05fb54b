#!/usr/bin/env python3
"""What a store has to bear: kills and errors at every system call that changes a file system, kills at random, damage of every kind of file, full disks,
a crowd of processes, and edits without end.

usage: torture.py --mabplan BINARY --bases FOLDER [--long] [--only NAME]… [--seed S]

Short, it takes a few minutes and samples each kind; --long does all of it, which takes hours. Every part is a test; a failure says how to repeat it. The last line
is the total. What this machine does not allow is skipped with a reason.
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import traceback

import calls
import crowd
import damage
import disks
import keys
from world import Broken, World, remove

SILENCE = 5  # seconds


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mabplan", type=lambda path: pathlib.Path(path).absolute(), required=True)
    parser.add_argument("--bases", type=lambda path: pathlib.Path(path).absolute(), required=True, help="where tools/bases put busybox")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--only", action="append", help="this part alone; may be repeated")
    parser.add_argument("--seed", default=str(int(time.time())))
    return parser.parse_args()


class Teller:
    """A line now and then."""

    def __init__(self, name):
        self.name, self.told, self.began = name, time.monotonic(), time.monotonic()

    def __call__(self, how_far):
        now = time.monotonic()
        if now - self.told > SILENCE:
            self.told = now
            print(f"    … {self.name}: {how_far}", flush=True)


def in_own_mounts():
    """From here on what is mounted ends with this process."""
    if os.geteuid() != 0 or os.environ.get("TORTURE_PRIVATE"):
        return
    if subprocess.run(["unshare", "--mount", "--propagation", "private", "true"], capture_output=True).returncode == 0:
        os.environ["TORTURE_PRIVATE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def parts(arguments):
    """name -> what runs it, in the order in which they run; each gives how many things were tried."""
    long, seed = arguments.long, arguments.seed
    return {
        "kills": lambda world, tell: calls.kill_everywhere(world, None if long else 5, seed, tell),
        "errors": lambda world, tell: calls.fail_everywhere(world, None if long else 1, seed, tell, None if long else ("ENOSPC", "EIO", "EMFILE")),
        "random-kills": lambda world, tell: calls.kill_at_random(world, 1000 if long else 60, seed, tell),
        "damage": lambda world, tell: damage.change_all(world, 1000 if long else 40, seed, tell),
        "cut-records": lambda world, tell: damage.cut_records(world, 1 if long else 4001, tell),
        "small-disks": lambda world, tell: disks.on_small_disks(world, 120 if long else 6, tell),
        "crowd": lambda world, tell: crowd.Crowd(world, 32 if long else 8, 10_000 if long else 120, seed, tell).all(),
        "executed-once": lambda world, tell: crowd.executed_once(world, 32 if long else 8, 30 if long else 1, tell),
        "edits": lambda world, tell: keys.edit_all(world, 10_000 if long else 60, seed, tell),
    }


def reason_to_skip(name, folder):
    if name in ("kills", "errors"):
        return calls.can_trace(folder)
    if name == "small-disks" and not os.environ.get("TORTURE_PRIVATE"):
        return "a mount namespace is not to be had"
    return None


def main():
    arguments = read_arguments()
    in_own_mounts()
    passed = failed = skipped = 0
    print(f"seed {arguments.seed}", flush=True)
    with tempfile.TemporaryDirectory(prefix="mabplan-torture.", ignore_cleanup_errors=True) as temporary:
        for name, run in parts(arguments).items():
            if arguments.only and name not in arguments.only:
                continue
            folder = pathlib.Path(temporary) / name
            folder.mkdir()
            if reason := reason_to_skip(name, folder):
                print(f"skipped: {name}: {reason}", flush=True)
                skipped += 1
                continue
            began = time.monotonic()
            try:
                tried = run(World(arguments.mabplan, arguments.bases / "busybox", folder), Teller(name))
                print(f"{name}: {tried} tried, {time.monotonic() - began:.0f} s", flush=True)
                passed += 1
            except Exception as why:
                if not isinstance(why, Broken):
                    traceback.print_exc()
                print(f"failed: {name} (--only {name} --seed {arguments.seed}{' --long' if arguments.long else ''})\n    " + str(why).replace("\n", "\n    "), flush=True)
                failed += 1
            remove(folder)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
