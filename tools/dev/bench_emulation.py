"""What emulated programs cost under the CPU that mabplan chooses, and under QEMU as it is: for tools/bench.

The same RUN is executed on bases of Debian 12 and 13 for linux/arm64, once as it is and once with QEMU_CPU=max in its environment, which
QEMU obeys: its own default. Counted is the processor's time of the whole build, less that of one whose RUN does nothing.
"""
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys

SUITES = {"bookworm": "Debian 12", "trixie": "Debian 13"}
WORK = {
    "python loop": r"""python3 -S -c 'exec("s = 0\nfor i in range(300000): s += i * i % 7"); print(s)' > /made""",
    "sort": "sort /lines > /made",
    "start of programs": "i=0; while [ $i -lt 60 ]; do /usr/bin/true; i=$((i + 1)); done; echo > /made",
}
GOALS = {("trixie", "python loop"): 8, ("trixie", "sort"): 8}  # times faster
PLAIN, OURS = "QEMU as it is", "mabplan"


def processor_seconds(command):
    before = os.times()
    result = subprocess.run([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    after = os.times()
    if result.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))}\n{result.stdout}")
    return after.children_user - before.children_user + after.children_system - before.children_system


class Measurement:
    """One suite's base in a store of its own."""

    def __init__(self, binary, suite, base, folder):
        self.suite = suite
        self.context = folder / f"emulation-{suite}"
        self.context.mkdir()
        lines = [f"{number:07}" for number in range(120000)]
        random.Random(1).shuffle(lines)
        (self.context / "lines").write_text("\n".join(lines) + "\n")
        self.layout = self.context / "out"
        self.command = [binary, "build", "--cache-dir", self.context / "store", "--no-cache", "--platform", "linux/arm64", "--build-context",
                        f"base=oci-layout://{base}:3.11-slim", "-o", f"type=oci,dest={self.layout},tar=false", self.context]

    def build(self, command, plain):
        """Processor seconds, and the digest of what the command made."""
        variable = "ENV QEMU_CPU=max\n" if plain else ""
        (self.context / "Dockerfile").write_text(f"FROM base\nCOPY lines /\n{variable}RUN {command}\n")
        return processor_seconds(self.command), self.last_layer()

    def last_layer(self):
        def read(digest):
            return json.loads((self.layout / "blobs" / digest.replace(":", "/")).read_text())
        at = json.loads((self.layout / "index.json").read_text())["manifests"][0]["digest"]
        while "manifests" in read(at):
            at = read(at)["manifests"][0]["digest"]
        return read(at)["layers"][-1]["digest"]


def measure(binary, folder, runs):
    """Rows of a table, and the reasons for which something was not measured."""
    yield ["emulated, processor seconds", PLAIN, OURS, "times faster", "goal"]
    for suite, title in SUITES.items():
        base = folder / f"base-{suite}"
        made = subprocess.run([pathlib.Path(__file__).parent / "emulation_bases", suite, base], stdout=subprocess.PIPE, text=True, check=False)
        if made.returncode != 0:
            yield [f"{title}: {made.stdout.strip() or 'no base'}", "-", "-", "-", "-"]
            continue
        measurement = Measurement(binary, suite, base, folder)
        measurement.build("true", False)  # unpacks the base
        for name, command in WORK.items():
            yield row(measurement, title, name, command, runs)


def row(measurement, title, name, command, runs):
    seconds, layers = {False: [], True: []}, set()
    for _ in range(runs):
        for plain in (True, False):
            nothing, _ = measurement.build("true", plain)
            taken, layer = measurement.build(command, plain)
            seconds[plain].append(taken - nothing)
            layers.add(layer)
    if len(layers) != 1:
        sys.exit(f"bench: {name} on {title} made other files under another CPU")
    plain, ours = (statistics.median(seconds[which]) for which in (True, False))
    goal = GOALS.get((measurement.suite, name))
    return [f"{name}, {title}", f"{plain:.2f} s", f"{ours:.2f} s", f"{plain / ours:.1f}", f"{goal}" if goal else "1"]
