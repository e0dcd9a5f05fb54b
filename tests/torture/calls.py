"""Ends mabplan, or fails one of its system calls, at every place where it changes a file system: by strace, which counts the calls of each thread.

Kills: afterwards all holds that world.py says. Errors: the run says what failed and ends with 36, or finishes as if nothing had been; it never hangs,
never takes it for a fault of its own or of the Dockerfile, and never leaves another image.
"""
import os
import random
import re
import shutil
import subprocess

from world import Broken, fingerprint, remove

CHANGES = ("openat,write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,fdatasync,syncfs,ftruncate,fallocate,"
           "link,linkat,symlink,symlinkat,utimensat,fchmod,fchmodat,fchown,fchownat,lchown,setxattr,lsetxattr,fsetxattr,mknod,mknodat,copy_file_range,flock")
MOST = 4000  # calls of a thread
# what may come of each call, as its manual page has it
ERRORS = {
    "ENOSPC": "write,pwrite64,openat,mkdir,mkdirat,rename,renameat2,link,linkat,symlinkat,mknodat,fsync,ftruncate,fallocate,setxattr,fsetxattr,lsetxattr",
    "EIO": "write,pwrite64,read,pread64,openat,mkdir,mkdirat,rename,renameat2,unlink,unlinkat,fsync,fdatasync,syncfs,getdents64,newfstatat,ftruncate",
    "EMFILE": "openat,dup,dup2,dup3,pipe2,socket,eventfd2,epoll_create1",
    "ENOMEM": "openat,mkdir,mkdirat,rename,clone,clone3,mmap,newfstatat",
    "EINTR": "openat,read,write,flock,poll,ppoll,wait4,waitid,fcntl,futex",
    "EAGAIN": "clone,clone3",
}
HANG = 60  # seconds


def strace(calls, log, inject=None):
    # with the filter that makes it quick no signal is sent (strace 6.1)
    quick = [] if inject and inject.startswith("signal") else ["--seccomp-bpf"]
    return ["strace", "-f", "-q", *quick, "-o", str(log), "-e", f"trace={calls}", *(["-e", f"inject={calls}:{inject}"] if inject else [])]


def can_trace(folder):
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run([*strace("openat", folder / "trace"), "true"], capture_output=True)
    return None if tried.returncode == 0 else f"strace can't trace here: {tried.stderr.decode(errors='replace').strip()[-200:]}"


def calls_of_a_run(world, calls, words):
    """(call, number): how often one thread makes it at most, each number of it. strace counts each call of each thread by itself."""
    log = world.folder / "trace"
    world.run(*words, prefix=strace(calls, log))
    counts = {}
    with open(log, errors="replace") as lines:
        for line in lines:
            made = re.match(r"(\d+) +(\w+)\(", line)
            if made:
                counts[made.groups()] = counts.get(made.groups(), 0) + 1
    most = {}
    for (_, call), count in counts.items():
        most[call] = max(most.get(call, 0), count)
    return [(call, number) for call, count in sorted(most.items()) for number in range(1, min(count, MOST) + 1)]


class Scenario:
    """A store as it is before, the command that is disturbed, what it writes beside the store, if it does, and whether the store needs a repair before."""

    def __init__(self, name, prepare, words, output=None, damaged=False):
        self.name, self.prepare, self.words, self.output, self.damaged = name, prepare, words, output, damaged


def scenarios(world):
    exported = world.folder / "exported"
    remove(exported)
    world.forget()
    world.fill()
    done = world.run("cache", "export", "--mounts", exported)
    if done.returncode != 0:
        raise Broken(done.stdout.decode(errors="replace"))
    world.forget()

    def empty():
        world.forget()

    def filled():
        world.forget()
        world.fill()

    def packed_only():
        filled()
        done = world.run("cache", "prune", "--filter", "kind=layer")  # what was unpacked is made again
        if done.returncode != 0:
            raise Broken(done.stdout.decode(errors="replace"))

    def damaged_records():
        filled()
        path = world.store / "records.sqlite"
        pages = bytearray(path.read_bytes())
        for page in range(0, len(pages), 4096):
            pages[page + 100] ^= 1
        path.write_bytes(pages)

    return [
        Scenario("a first build", empty, world.build_words()),
        Scenario("a tar", filled, world.build_words(kind="tar"), world.folder / "out.tar"),
        Scenario("a folder", packed_only, world.build_words(kind="local"), world.folder / "out-local"),
        Scenario("pruning", filled, ["cache", "prune", "--all", "--force"]),
        Scenario("export", filled, ["cache", "export", world.folder / "new-export"], world.folder / "new-export"),
        Scenario("import", empty, ["cache", "import", exported]),
        Scenario("repair", filled, ["cache", "verify", "--repair"]),
        Scenario("damaged records", damaged_records, world.build_words(), damaged=True),
    ]


def places(all_of_them, most, seed):
    """All, or so many: each call is among them as often as any other one."""
    if most is None or len(all_of_them) <= most:
        return all_of_them
    chance = random.Random(seed)
    by_call = {}
    for call, number in all_of_them:
        by_call.setdefault(call, []).append(number)
    chosen = set()
    while len(chosen) < most:
        call = chance.choice(sorted(by_call))
        chosen.add((call, chance.choice(by_call[call])))
    return sorted(chosen)


def end_of(done):
    return f"it ended with {done.returncode}: {done.stdout.decode(errors='replace')[-1500:]}"


def again(world, scenario, what):
    """Undisturbed: beside an output the next one that is written there sweeps what was left, if that is not of this moment.

    Of records with one bit changed in each page nothing is lost."""
    if scenario.damaged:
        done = world.run("cache", "verify", "--repair")
        if done.returncode != 0:
            raise Broken(f"{what}; then {end_of(done)}")
        done = world.run(*world.build_words())
        if done.returncode != 0 or "nothing to do" not in done.stdout.decode(errors="replace"):
            raise Broken(f"{what}; then records are lost: {end_of(done)}")
    for left in world.folder.rglob("*mabplan-tmp*"):
        if world.store not in left.parents:
            os.utime(left, (1, 1), follow_symlinks=False)
    if scenario.output is not None:
        done = world.run(*scenario.words)
        if done.returncode != 0:
            raise Broken(f"{what}; then {end_of(done)}")
        check_output(world, scenario, f"{what}; then")


def check_output(world, scenario, what):
    """It is what a run that nothing disturbs writes; an export gives a store that has nothing to do."""
    if scenario.name == "export":
        store = world.folder / "imported"
        remove(store)
        done = world.run("cache", "import", scenario.output, store=store)
        again = world.run(*world.build_words(world.folder / "imported-out"), store=store)
        if done.returncode != 0 or "nothing to do" not in again.stdout.decode(errors="replace"):
            raise Broken(f"{what}: the export is not whole: {end_of(done)} {end_of(again)}")
        remove(store)
        remove(world.folder / "imported-out")
    elif fingerprint(scenario.output) != scenario.wanted:
        raise Broken(f"{what}: {scenario.output} is not what it should be")


def know_output(world, scenario):
    """What an undisturbed run writes."""
    if scenario.output is not None and scenario.name != "export":
        scenario.prepare()
        done = world.run(*scenario.words)
        if done.returncode != 0:
            raise Broken(end_of(done))
        scenario.wanted = fingerprint(scenario.output)


def disturb(world, scenario, what, call, inject):
    """The command from its beginning, with something injected into a call."""
    scenario.prepare()
    remove(world.folder / "new-export")
    try:
        return world.run(*scenario.words, prefix=strace(call, world.folder / "trace", inject), timeout=HANG)
    except subprocess.TimeoutExpired as hung:
        raise Broken(f"{what}: it hangs") from hung


def kill_at(world, scenario, what, call, when):
    """Whether it was killed there: threads share the work differently each time."""
    done = disturb(world, scenario, what, call, f"signal=SIGKILL:when={when}")
    again(world, scenario, what)
    world.check(what)
    remove(world.folder / "new-export")
    return b"killed by SIGKILL" in (world.folder / "trace").read_bytes() or done.returncode in (-9, 137)


def kill_everywhere(world, most, seed, share):
    """How many kills there were."""
    kills = tried = 0
    for scenario in scenarios(world):
        know_output(world, scenario)
        scenario.prepare()
        found = calls_of_a_run(world, CHANGES, scenario.words)
        for call, when in share.mine(places(found, most, f"{seed} {scenario.name}")):
            what = f"{scenario.name}, killed at {call} {when}"
            tried += 1
            kills += share.once(what, lambda: kill_at(world, scenario, what, call, when))
            share.tell(f"{what}, {len(found)} in all")
    if kills < 0.6 * tried:
        raise Broken(f"only {kills} of {tried} runs were killed")
    return kills


def judge_error(world, scenario, what, done):
    text = done.stdout.decode(errors="replace")
    trace = (world.folder / "trace").read_text(errors="replace")
    if "strace:" in text:
        raise Broken(f"{what}: {end_of(done)}")
    if done.returncode == 37 or "a fault of mabplan" in text:
        raise Broken(f"{what}: taken for a fault of mabplan: {end_of(done)}")
    if done.returncode < 0 or done.returncode in (134, 139):
        raise Broken(f"{what}: it died: {end_of(done)}")
    said = "error" in text or "FATAL" in text or "can't" in text
    could_speak = not re.search(r"write\([12], .*INJECTED", trace)
    loaded = done.returncode != 127  # 127: the loader's word for what it could not open
    if done.returncode != 0 and could_speak and loaded and not said:
        raise Broken(f"{what}: no word of what failed: {end_of(done)}")
    if done.returncode == 1 and could_speak and "exited with" in text and "I/O error" not in text and "No space" not in text and "Too many" not in text:
        raise Broken(f"{what}: the Dockerfile is blamed: {end_of(done)}")
    if done.returncode == 0 and scenario.output is not None:
        check_output(world, scenario, what)
    if done.returncode == 0 and scenario.words[0] == "build" and (world.out / "index.json").exists() and world.digest() != world.reference:
        raise Broken(f"{what}: another image with exit 0: {world.digest()}")


def fail_at(world, scenario, what, call, inject):
    """Whether an error was injected."""
    done = disturb(world, scenario, what, call, inject)
    judge_error(world, scenario, what, done)
    again(world, scenario, what)
    world.check(what)
    return b"(INJECTED)" in (world.folder / "trace").read_bytes()


def fail_everywhere(world, most, seed, share, errors=None):
    """How many errors there were. Each once, and from there on for good."""
    injected = 0
    for scenario in scenarios(world):
        know_output(world, scenario)
        for error in errors or ERRORS:
            scenario.prepare()
            found = calls_of_a_run(world, ERRORS[error], scenario.words)
            for call, when in share.mine(places(found, most, f"{seed} {error} {scenario.name}")):
                for how in ("", "+"):
                    if how and error == "EINTR":
                        continue  # what is interrupted for ever may wait for ever
                    what = f"{scenario.name}, {error} at {call} {when}{how}"
                    injected += share.once(what, lambda: fail_at(world, scenario, what, call, f"error={error}:when={when}{how}"))
                    share.tell(f"{what}, {len(found)} in all")
    return injected


def kill_at_random(world, most, seed, tell):
    """Runs of all kinds, each killed after a random time; nothing is made anew in between."""
    chance = random.Random(seed)
    kinds = {scenario.name: scenario for scenario in scenarios(world) if not scenario.damaged}
    kinds["another build"] = Scenario("another build", world.forget, world.build_words(kind="docker"), world.folder / "out-docker.tar")
    for scenario in kinds.values():
        know_output(world, scenario)
    world.forget()

    def check_all(what):
        for scenario in kinds.values():
            again(world, scenario, what)
        world.check(what)

    for number in range(most):
        scenario = kinds[chance.choice(sorted(kinds))]
        process = subprocess.Popen([world.mabplan, *scenario.words], env=world.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, cwd=world.folder)
        try:
            process.wait(chance.uniform(0, 0.35))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if chance.random() < 0.2:
            check_all(f"kill {number}, of {scenario.name}")
        remove(world.folder / "new-export")
        tell(f"{number} of {most}")
    check_all("after all kills")
    return most
