#!/usr/bin/env python3
"""What a store has to bear: kills and errors at every system call that changes a file system, kills at random, damage of every kind of file, full disks,
a crowd of processes, and edits without end.

usage: torture.py --mabplan BINARY --bases FOLDER [--long [--workers N] [--passed FILE]] [--only NAME]… [--seed S]

Short, it takes a few minutes and samples each kind; --long does all of it, which takes hours, and may be ended and gone on with: FILE keeps what has passed with
this very program, by the seed where a part has one. Every part is a test; a failure says how to repeat it. The last line is the total. What this machine does not allow is skipped with a reason.
"""
import argparse
import concurrent.futures
import concurrent.futures.process
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
from share import Passed, Share, in_pieces
from world import Broken, World, remove


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mabplan", type=lambda path: pathlib.Path(path).absolute(), required=True)
    parser.add_argument("--bases", type=lambda path: pathlib.Path(path).absolute(), required=True, help="where tools/bases put busybox")
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--workers", type=int, help="that share the tries of a part (default: one, or one a processor if it is long)")
    parser.add_argument("--passed", type=lambda path: pathlib.Path(path).absolute(), metavar="FILE", help="what passed is written there, and not tried again")
    parser.add_argument("--only", action="append", help="this part alone; may be repeated")
    parser.add_argument("--seed", default=str(int(time.time())))
    return parser.parse_args()


def in_own_mounts():
    """From here on what is mounted ends with this process."""
    if os.geteuid() != 0 or os.environ.get("TORTURE_PRIVATE"):
        return
    if subprocess.run(["unshare", "--mount", "--propagation", "private", "true"], capture_output=True).returncode == 0:
        os.environ["TORTURE_PRIVATE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--propagation", "private", sys.executable, *sys.argv])


def parts(arguments):
    """name -> what runs it and whether workers may share it, in the order in which they run; each gives how many things were tried."""
    long, seed = arguments.long, arguments.seed
    whole = lambda run: lambda world, share: share.once(f"all, seed {seed}", lambda: run(world, share.tell))
    return {
        "kills": (lambda world, share: calls.kill_everywhere(world, None if long else 5, seed, share), True),
        "errors": (lambda world, share: calls.fail_everywhere(world, None if long else 1, seed, share, None if long else ("ENOSPC", "EIO", "EMFILE")), True),
        "random-kills": (in_pieces(calls.kill_at_random, 1000 if long else 60, 500, seed), True),
        "damage": (in_pieces(damage.change_all, 1000 if long else 40, 40, seed), True),
        "cut-records": (lambda world, share: damage.cut_records(world, 1 if long else 4001, share), True),
        "small-disks": (whole(lambda world, tell: disks.on_small_disks(world, 120 if long else 6, tell)), False),
        "crowd": (whole(lambda world, tell: crowd.Crowd(world, 32 if long else 8, 10_000 if long else 120, seed, tell).all()), False),
        "executed-once": (whole(lambda world, tell: crowd.executed_once(world, 32 if long else 8, 30 if long else 1, tell)), False),
        "edits": (in_pieces(keys.edit_all, 10_000 if long else 60, 2500, seed), True),
    }


def reason_to_skip(name, folder):
    if name in ("kills", "errors"):
        return calls.can_trace(folder)
    if name == "small-disks" and not os.environ.get("TORTURE_PRIVATE"):
        return "a mount namespace is not to be had"
    return None


def work(name, number, workers, arguments, folder):
    """One worker: (how many were tried, failures)."""
    run, _ = parts(arguments)[name]
    share = Share(name, number, workers, Passed(arguments.passed, arguments.mabplan))
    tried = 0
    try:
        folder.mkdir()
        tried = run(World(arguments.mabplan, arguments.bases / "busybox", folder), share)
    except Broken as why:
        if str(why) not in share.failures:
            share.failures.append(str(why))
    except Exception:
        share.failures.append(traceback.format_exc())
    remove(folder)
    return tried, share.failures


def run_part(name, workers, arguments, folder):
    """(how many were tried, failures) of all workers."""
    tried, failures = 0, []
    with concurrent.futures.ProcessPoolExecutor(workers) as pool:
        started = [pool.submit(work, name, number, workers, arguments, folder / str(number)) for number in range(workers)]
        for worker in started:
            try:
                its_tries, its_failures = worker.result()
            except concurrent.futures.process.BrokenProcessPool as why:
                its_tries, its_failures = 0, [f"a worker ended: {why}"]
            tried += its_tries
            failures += its_failures
    return tried, failures


def main():
    arguments = read_arguments()
    in_own_mounts()
    passed = failed = skipped = 0
    print(f"seed {arguments.seed}", flush=True)
    workers = arguments.workers or (os.cpu_count() if arguments.long else 1)
    with tempfile.TemporaryDirectory(prefix="mabplan-torture.", ignore_cleanup_errors=True) as temporary:
        for name, (_, may_be_shared) in parts(arguments).items():
            if arguments.only and name not in arguments.only:
                continue
            folder = pathlib.Path(temporary) / name
            folder.mkdir()
            if reason := reason_to_skip(name, folder):
                print(f"skipped: {name}: {reason}", flush=True)
                skipped += 1
                continue
            began = time.monotonic()
            tried, failures = run_part(name, workers if may_be_shared else 1, arguments, folder)
            if failures:
                text = "\n".join(failures).replace("\n", "\n    ")
                print(f"failed: {name} (--only {name} --seed {arguments.seed}{' --long' if arguments.long else ''})\n    {text}", flush=True)
                failed += 1
            else:
                print(f"{name}: {tried} tried, {time.monotonic() - began:.0f} s", flush=True)
                passed += 1
            remove(folder)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
