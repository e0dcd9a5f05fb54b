#!/usr/bin/env python3
"""Compiles the folders in cases/ with the real binary and compares what comes out with what is written there.

usage: golden.py [CASE]…          environment: MABPLAN, the binary; MABPLAN_ACCEPT=1 to write what is expected anew

A case is a project (mabplan.yaml, Dockerfiles, contexts) with the expected texts beside it, whole:

  plan.json      the plan, as `mabplan compile --print` writes it
  error.txt      for bad input instead: "exit N", and all of standard error
  messages.txt   what is said on standard error although a plan was made

Base images are those of support/tiny_bases.py, in the layout ../bases. Each case is compiled in two copies, which differ in path,
times and environment: both must give the same bytes. A symlink out of the case is followed, one inside it is part of the case.
"""
import difflib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import tiny_bases  # noqa: E402

EXPECTED = ("plan.json", "error.txt", "messages.txt")
LONG_AGO = 1_000_000_000
# Where a case is compiled, and what else differs there.
PLACES = (
    ("here", None, {"LANG": "C.UTF-8"}),
    ("a folder/elsewhere", LONG_AGO, {"LANG": "de_DE.UTF-8", "TZ": "Asia/Tokyo", "HOME": "/nonexistent"}),
)


def copy_case(source, copy):
    """As it would be after any checkout: only the x bit of a file's mode is kept, as git does."""
    copy.mkdir(parents=True)
    for entry in sorted(source.iterdir()):
        target = copy / entry.name
        if entry.name in EXPECTED:
            continue
        if entry.is_symlink() and not os.path.isabs(os.readlink(entry)) and not os.readlink(entry).startswith(".."):
            os.symlink(os.readlink(entry), target)
        elif entry.is_dir():
            copy_case(entry, target)
        else:
            shutil.copyfile(entry, target)
            target.chmod(0o755 if os.access(entry, os.X_OK) else 0o644)
    copy.chmod(0o755)


def set_times(folder, time):
    for path in [folder, *folder.rglob("*")]:
        os.utime(path, (time, time), follow_symlinks=False)


def compile_case(mabplan, case, place, time, environment, bases):
    """What came out, by the name of the file that should hold it."""
    place.mkdir(parents=True)
    os.symlink(bases, place / "bases")
    project = place / "case"
    copy_case(case, project)
    if time is not None:
        set_times(project, time)
    result = subprocess.run([mabplan, "compile", "--print", "--offline"], cwd=project, capture_output=True, check=False, timeout=60,
                            env={"PATH": os.environ["PATH"], "NO_COLOR": "1", "MABPLAN_CACHE_DIR": str(place / "store"), **environment})
    said = result.stderr.decode(errors="replace").replace(str(place), "$PLACE")
    found = {}
    if result.returncode != 0:
        found["error.txt"] = f"exit {result.returncode}\n{said}"
    elif said:
        found["messages.txt"] = said
    if result.stdout:
        found["plan.json"] = result.stdout.decode()
    return found


def difference(before, after, name_before, name_after):
    lines = difflib.unified_diff(before.splitlines(True), after.splitlines(True), name_before, name_after)
    return "".join(line if line.endswith("\n") else line + "\n\\ no line feed at the end\n" for line in lines)


def write_expected(case, found):
    """Returns the names of the files that changed."""
    changed = []
    for name in EXPECTED:
        path = case / name
        before = path.read_text() if path.exists() else None
        if before == found.get(name):
            continue
        changed.append(name)
        if name in found:
            path.write_text(found[name])
        else:
            path.unlink()
    return changed


def check_case(case, results, accept):
    """Prints what is wrong; returns whether all is well."""
    first, second = results
    fine = True
    for name in EXPECTED:
        if first.get(name) != second.get(name):
            fine = False
            print(f"FAILED: {case.name}: another place, or another time, gives another {name}:")
            print(difference(first.get(name, ""), second.get(name, ""), "in one place", "in another"))
    if fine and accept:
        for name in write_expected(case, first):
            print(f"accepted: {case.name}/{name}")
        return True
    for name in EXPECTED:
        path = case / name
        wanted, found = path.read_text() if path.exists() else "", first.get(name, "")
        if wanted != found:
            fine = False
            print(f"FAILED: {case.name}: {name} is not what was expected:")
            print(difference(wanted, found, f"expected/{name}", f"found/{name}"))
    return fine


def main():
    mabplan = os.environ.get("MABPLAN")
    if not mabplan:
        sys.exit("golden.py: MABPLAN must name the binary to test")
    cases = sorted(path for path in (HERE / "cases").iterdir() if (path / "mabplan.yaml").exists())
    if len(sys.argv) > 1:
        cases = [case for case in cases if case.name in sys.argv[1:]]
    if not cases:
        sys.exit("golden.py: there is no such case")
    accept = os.environ.get("MABPLAN_ACCEPT") == "1"
    failures = []
    with tempfile.TemporaryDirectory(prefix="mabplan-golden.") as work:
        work = pathlib.Path(work)
        tiny_bases.write(work / "bases")
        for case in cases:
            results = [compile_case(os.path.abspath(mabplan), case, work / where / case.name, time, environment, work / "bases")
                       for where, time, environment in PLACES]
            if not check_case(case, results, accept):
                failures.append(case.name)
    if failures:
        sys.exit(f"{len(failures)} of {len(cases)} cases failed: {' '.join(failures)}\n"
                 "if this is what you meant: MABPLAN_ACCEPT=1 meson test -C build golden")
    print(f"{len(cases)} cases are as expected")


if __name__ == "__main__":
    main()
