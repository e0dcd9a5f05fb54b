"""File systems that are full, have no more inodes, or can't be written: root only, in a mount namespace of its own. A full one is an error that says
so, and leaves a store that works as soon as there is room.
"""
import subprocess

from world import Broken, remove


def mount(folder, options):
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True)
    if done.returncode != 0:
        raise Broken(f"no tmpfs: {done.stderr.decode(errors='replace')}")


def on_a_small_disk(world, limits, option, words, tell):
    """At every size from too small for anything to large enough."""
    tried = failed = 0
    for limit in limits:
        world.forget()
        mount(world.store, f"{option}={limit}")
        try:
            done = world.run(*world.build_words())
            text = done.stdout.decode(errors="replace")
            tried += 1
            if done.returncode not in (0, 36):
                raise Broken(f"{option}={limit}: it ended with {done.returncode}: {text}")
            if done.returncode == 36:
                failed += 1
                if not any(word in text for word in words):
                    raise Broken(f"{option}={limit}: the cause is not said: {text}")
            elif world.digest() != world.reference:
                raise Broken(f"{option}={limit}: another image")
            subprocess.run(["mount", "-o", "remount,size=500m,nr_inodes=100000", world.store], check=True)
            remove(world.out)
            world.check(f"{option}={limit}, with room again")
        finally:
            subprocess.run(["umount", "-l", world.store], check=True)
        tell(f"{option}={limit}")
    if failed == 0:
        raise Broken(f"no {option} was too small: nothing is tried")
    return tried


def on_small_disks(world, steps, tell):
    words = ("No space left", "no space left", "disk full", "full", "quota")
    tried = on_a_small_disk(world, [f"{kilobytes}k" for kilobytes in range(100, 14_000, 14_000 // steps)], "size", words, tell)
    return tried + on_a_small_disk(world, range(12, 260, max(1, 250 // steps)), "nr_inodes", words, tell)
