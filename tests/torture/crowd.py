"""Many processes on one store, in pid namespaces of their own and not, building, pruning, verifying, listing, and killed at times. No command fails
but those that were killed, no image is another one, and what several would execute at once is executed once.
"""
import os
import random
import subprocess
import threading
import time

from world import Broken, remove, write_project


class Crowd:
    def __init__(self, world, processes, operations, seed, tell):
        self.world, self.operations, self.tell = world, operations, tell
        self.lock = threading.Lock()
        self.done = 0
        self.failure = None
        self.threads = [threading.Thread(target=self.work, args=(number, random.Random(f"{seed} {number}"))) for number in range(processes)]
        self.projects = []
        for number in range(4):
            project = world.folder / f"project{number}"
            write_project(project, 6, f"text {number}")
            out = world.folder / f"clean-out{number}"
            done = world.run(*world.build_words(out, project=project), store=world.folder / "clean-store")
            if done.returncode != 0:
                raise Broken(done.stdout.decode(errors="replace"))
            self.projects.append((project, world.digest(out)))
            remove(out)
        remove(world.folder / "clean-store")
        own = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "true"], capture_output=True)
        self.namespaces = own.returncode == 0

    def next(self):
        with self.lock:
            if self.done >= self.operations or self.failure:
                return None
            self.done += 1
            self.tell(f"{self.done} of {self.operations}")
            return self.done

    def fail(self, why):
        with self.lock:
            self.failure = self.failure or why

    def run(self, words, chance, killed):
        prefix = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"] if self.namespaces and chance.random() < 0.3 else []
        process = subprocess.Popen([*prefix, self.world.mabplan, *words], env={**self.world.environment(), "MABPLAN_CACHE_BUDGET": chance.choice(("off", "off", "6MB"))},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=self.world.folder)
        if killed:
            time.sleep(chance.uniform(0, 0.6))
            process.kill()
        try:
            output, _ = process.communicate(timeout=300)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            self.fail(f"{words} hangs")
            return None
        return process.returncode, output.decode(errors="replace")

    def build(self, number, chance, killed):
        project, digest = chance.choice(self.projects)
        out = self.world.folder / f"out{number}"
        ended = self.run(self.world.build_words(out, project=project) + (["--no-cache"] if chance.random() < 0.05 else []), chance, killed)
        if ended is None or killed:
            remove(out)
            return
        code, text = ended
        if code != 0:
            self.fail(f"a build ended with {code}: {text}")
        elif self.world.digest(out) != digest:
            self.fail(f"another image: {text}")
        remove(out)

    def other(self, words, chance, killed):
        ended = self.run(words, chance, killed)
        if ended is not None and not killed and ended[0] != 0:
            self.fail(f"{words} ended with {ended[0]}: {ended[1]}")

    def exchange(self, number, chance, killed):
        """Out, and in again, perhaps of less than was there: never of something else."""
        folder = self.world.folder / f"exported{number}"
        remove(folder)
        self.other(["cache", "export", folder], chance, killed)
        if not killed:
            self.other(["cache", "import", folder], chance, False)

    def work(self, number, chance):
        while self.next() is not None:
            killed = chance.random() < 0.08
            kind = chance.random()
            if kind < 0.72:
                self.build(number, chance, killed)
            elif kind < 0.80:
                self.other(["cache", "prune", "--force", *chance.choice((["--all"], ["--max-used-space", "5MB"], ["--filter", "kind=layer"]))], chance, killed)
            elif kind < 0.86:
                self.other(["cache", "ls", "--json"], chance, killed)
            elif kind < 0.92:
                self.other(["cache", "du"], chance, killed)
            elif kind < 0.94:
                self.other(["history", "ls"], chance, killed)
            elif kind < 0.96:
                self.exchange(number, chance, killed)
            else:
                self.other(["cache", "verify"], chance, killed)

    def all(self):
        self.world.forget()
        for thread in self.threads:
            thread.start()
        for thread in self.threads:
            thread.join()
        if self.failure:
            raise Broken(self.failure)
        found = self.world.run("cache", "verify")
        if found.returncode != 0:
            raise Broken(f"afterwards: {found.stdout.decode(errors='replace')}")
        self.world.run("cache", "prune", "--filter", "until=1h")  # sweeps what killed ones left
        self.world.check_leftovers_of_store("afterwards")
        return self.operations


def executed_once(world, processes, rounds, tell):
    """The same command in many at once: one executes it."""
    for number in range(rounds):
        world.forget()
        project = write_project(world.folder / "same", 2, f"round {number}")
        started = [subprocess.Popen([world.mabplan, *world.build_words(world.folder / f"out{which}", project=project)], env=world.environment(),
                                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=world.folder) for which in range(processes)]
        ended = [(process.communicate(timeout=300)[0].decode(errors="replace"), process.returncode) for process in started]
        executed = 0
        for text, code in ended:
            if code != 0:
                raise Broken(f"one of many ended with {code}: {text}")
            executed += sum(1 for line in text.splitlines() if line.split(" ")[-1].endswith("s") and " native " in line and "RUN" in line)
        if executed != 2:
            raise Broken(f"{executed} commands were executed by {processes} processes, and there are 2: {[text for text, _ in ended]}")
        for which in range(processes):
            remove(world.folder / f"out{which}")
        tell(f"round {number} of {rounds}")
    return rounds * processes
