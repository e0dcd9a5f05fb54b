"""Changes bits of files in a store, and cuts them: what is damaged is found before a byte of it reaches an image, and made again.

A changed file has another ctime, as whatever a program writes has; what a medium changes by itself `cache verify` finds (rot).
"""
import os
import random
import subprocess

from world import Broken, remove


def files_of(store):
    """By kind."""
    kinds = {"blob": [], "unpacked layer": [], "mark of a layer": [], "records": [], "stat cache": [], "cache mount": [], "history": [], "lock": []}
    for path in sorted(store.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        top, inner = path.relative_to(store).parts[0], path.relative_to(store).parts
        if top == "blobs":
            kind = "blob"
        elif top == "snapshots":
            kind = "unpacked layer" if "fs" in inner else "mark of a layer"
        elif top == "cache-mounts":
            kind = "cache mount"
        elif top == "history":
            kind = "history"
        elif path.name.startswith("records.sqlite") and not path.name.endswith(".lock"):
            kind = "records"
        elif path.name == "stat-cache":
            kind = "stat cache"
        else:
            kind = "lock"
        kinds[kind].append(path)
    return kinds


def flip(path, chance):
    size = path.stat().st_size
    if size == 0:
        return None
    at, bit = chance.randrange(size), chance.randrange(8)
    mode = path.stat().st_mode
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ (1 << bit)]))
    os.chmod(path, mode & 0o7777)
    return f"bit {bit} of byte {at} of {path}"


def rot(path, chance):
    """The same with the times it had, but for the ctime; and a mark that says that nothing was changed is what is not made here."""
    facts = path.stat()
    what = flip(path, chance)
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    return what


def cut(path, chance):
    size = path.stat().st_size
    if size == 0:
        return None
    left = chance.randrange(size)
    os.truncate(path, left)
    return f"{path} cut to {left} of {size} bytes"


def fill(world):
    world.forget()
    world.fill()
    remove(world.out)


def judge(world, what):
    """The next build is right, and after a repair all is well again."""
    done = world.run(*world.build_words())
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        raise Broken(f"{what}: the build ends with {done.returncode}: {text}")
    if world.digest() != world.reference:
        raise Broken(f"{what}: it reached an image: {world.digest()}\n{text}")
    found = world.run("cache", "verify", "--repair")
    if found.returncode not in (0, 5):
        raise Broken(f"{what}: verify ends with {found.returncode}: {found.stdout.decode(errors='replace')}")
    again = world.run("cache", "verify")
    if again.returncode != 0:
        raise Broken(f"{what}: still damaged after a repair: {again.stdout.decode(errors='replace')}")
    remove(world.out)
    done = world.run(*world.build_words())
    if done.returncode != 0 or world.digest() != world.reference:
        raise Broken(f"{what}: not healed: {done.stdout.decode(errors='replace')}")


def change_all(world, most, seed, tell):
    """How many changes there were: bits and cuts of each kind of file in turn."""
    chance = random.Random(seed)
    changes = 0
    while changes < most:
        fill(world)
        kinds = {kind: paths for kind, paths in files_of(world.store).items() if paths}
        kind = sorted(kinds)[changes % len(kinds)]
        change = (flip, flip, rot, cut)[changes // len(kinds) % 4]
        what = change(chance.choice(kinds[kind]), chance)
        changes += 1
        if what is None:
            continue
        if kind == "cache mount":  # what a command keeps there is its own affair: no build may fail for what mabplan keeps beside it
            done = world.run(*world.build_words())
            if done.returncode != 0 or world.digest() != world.reference:
                raise Broken(f"{what}: {done.stdout.decode(errors='replace')}")
        else:
            judge(world, what)
        tell(f"{changes} of {most}")
    return changes


def cut_at(world, full, name, left, size):
    world.forget()
    subprocess.run(["cp", "-a", full, world.store], check=True)
    for beside in ("records.sqlite-wal", "records.sqlite-shm"):
        (world.store / beside).unlink(missing_ok=True)
    os.truncate(world.store / name, left)
    done = world.run(*world.build_words())
    if done.returncode != 0 or world.digest() != world.reference:
        raise Broken(f"{name} cut to {left} of {size} bytes: {done.returncode} {done.stdout.decode(errors='replace')}")
    found = world.run("cache", "verify")
    if found.returncode not in (0, 5):
        raise Broken(f"{name} cut to {left}: verify ends with {found.returncode}: {found.stdout.decode(errors='replace')}")
    return 1


def cut_records(world, step, share):
    """The records at every length, or at every so many bytes; and the stat cache."""
    full = world.folder / "full-store"
    remove(full)
    world.forget()
    world.fill(full)
    cuts = 0
    for name in ("records.sqlite", "stat-cache"):
        size = (full / name).stat().st_size
        for left in share.mine(range(0, size, step if name == "records.sqlite" else max(1, step // 64))):
            cuts += share.once(f"{name} {left}", lambda: cut_at(world, full, name, left, size))
            share.tell(f"{name}: {left} of {size}")
    return cuts
