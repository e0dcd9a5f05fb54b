#!/usr/bin/env python3
"""Builds every case of a folder and compares what comes out with what the reference builder made of it.

usage: run_cases.py FOLDER --mabplan BINARY [--user NAME] [--peer NAME] [--accept] [--work DIR] [--jobs N] [--tolerated FILE] [--only NAME]…

FOLDER has a folder for each case, and _bases/make_bases.sh where cases need base images; own/ beside this file shows the form.
With --peer the reference is not what is stored, but what this peer builds now; with --accept there is none, and what is built is
stored. As root, --user lets another user build. --work keeps base images for the next time. Each failing case is printed with its
first differences; the last line is the total.
"""
import argparse
import concurrent.futures
import contextlib
import os
import pathlib
import subprocess
import sys
import tempfile

from runner.bases import Bases
from runner.builder import Builder
from runner.case import read_cases
from runner.judge import FAILED, PASSED, SKIPPED, Judge
from runner.peer_builders import PEERS, PeerUnusable, lacks_peer, start_peer
from runner.reference import Live, Stored
from runner.tolerated import read_tolerated

MOST_LINES = 12
TEST_SKIPPED = 77  # what meson takes for it


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--mabplan", type=pathlib.Path, required=True, help="the binary to test")
    parser.add_argument("--user", help="build as this user (root only)")
    parser.add_argument("--peer", choices=PEERS, help="compare with what this peer makes now (root only)")
    parser.add_argument("--work", type=pathlib.Path, help="where base images are kept (default: made anew)")
    parser.add_argument("--jobs", type=int, default=2, help="cases at a time")
    parser.add_argument("--tolerated", type=pathlib.Path, help="cases in which ours is right, and why")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="this case; may be repeated")
    parser.add_argument("--reproducible", default="off", choices=["on", "off"], help="off: as docker builds, the default")
    parser.add_argument("--accept", action="store_true", help="write what is built as the expectation: read the difference afterwards")
    return parser.parse_args()


def apply_tolerated(reasons, name, verdict, lines):
    if name not in reasons:
        return verdict, lines
    if verdict == FAILED:
        return SKIPPED, [f"tolerated: {reasons[name]}"]
    return FAILED, [f"is tolerated, but {verdict}: strike it off"]


def show(name, verdict, lines):
    if verdict == PASSED:
        return
    print(f"{verdict}: {name}")
    for line in lines[:MOST_LINES]:
        print(f"    {line}")
    if len(lines) > MOST_LINES:
        print(f"    … {len(lines) - MOST_LINES} more")


def remove(folder):
    """The store of an ordinary user holds files of subordinate users, which only a namespace with those users can remove."""
    removal = ["rm", "-rf", folder]
    if subprocess.run(removal, stderr=subprocess.DEVNULL, check=False).returncode != 0:
        subprocess.run(["unshare", "--map-auto", "--map-root-user", *removal], check=False)


def judge_all(arguments, scratch, cleanup):
    bases = Bases(arguments.folder, arguments.work or scratch / "bases", scratch / "layouts" if arguments.user else None)
    builder = Builder(arguments.mabplan, scratch / "build", arguments.user, arguments.reproducible)
    reference = Live(start_peer(arguments.peer, bases, scratch / arguments.peer, cleanup)) if arguments.peer else Stored(bases)
    judge = Judge(builder, reference, bases, scratch / "cases", arguments.accept)
    reasons = read_tolerated(arguments.tolerated) if arguments.tolerated else {}
    cases = read_cases(arguments.folder, arguments.only)
    total = dict.fromkeys((PASSED, FAILED, SKIPPED), 0)
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for case, outcome in zip(cases, pool.map(judge.judge, cases)):
            verdict, lines = apply_tolerated(reasons, case.name, *outcome)
            show(case.name, verdict, lines)
            total[verdict] += 1
    print(", ".join(f"{number} {verdict}" for verdict, number in total.items()), flush=True)
    return total


def lacks_user(name):
    """Why another user can't build here, if so."""
    if os.geteuid() != 0:
        return "not root, so this user builds"
    if subprocess.run(["id", name], capture_output=True, check=False).returncode != 0:
        return f"no user {name}; tests/support/make_test_user.sh makes the one of the tests"
    return None


def main():
    arguments = read_arguments()
    reason = (arguments.user and lacks_user(arguments.user)) or (arguments.peer and lacks_peer(arguments.peer))
    if reason:
        print(f"skipped: {reason}")
        return TEST_SKIPPED
    os.umask(0o022)
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="mabplan-cases."))
    scratch.chmod(0o755)
    try:
        with contextlib.ExitStack() as cleanup:
            total = judge_all(arguments, scratch, cleanup)
    except PeerUnusable as reason:
        print(f"skipped: {reason}")
        return TEST_SKIPPED
    finally:
        remove(scratch)
    return 1 if total[FAILED] or not total[PASSED] else 0


if __name__ == "__main__":
    sys.exit(main())
