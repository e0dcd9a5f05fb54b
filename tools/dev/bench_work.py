"""The pieces of work that tools/bench times: a context with a Dockerfile each, and the cases in which it is built."""
import dataclasses
import os
import pathlib
import random
import shutil
import typing

import bench_bases
import bench_peers

BASE = "localhost:5002/{}"


@dataclasses.dataclass
class Case:
    name: str
    goal: typing.Optional[float]  # seconds: what the design asks of mabplan, if it asks
    prepare: typing.Callable  # (tool, run): before each measurement


@dataclasses.dataclass
class Work:
    name: str
    title: str
    context: pathlib.Path
    platforms: list  # for mabplan; the peers build for this machine
    cases: list


def cold(tool, _run):
    tool.forget()


def nothing(_tool, _run):
    pass


def make_example(root, _folder, _files):
    context = root / "plans/examples/multiarch"
    return Work("example", "example", context, ["linux/amd64", "linux/arm64"], [Case("cold", None, cold), Case("nothing changed", 0.02, nothing)])


def make_pull(root, folder, _files):
    """Two bases out of the registry, both unpacked, since a command looks at the one and a copy takes from the other."""
    for number in (1, 2):
        layout = folder / f"big{number}"
        layout.mkdir()
        bench_bases.write_base(layout, number, root / "plans/examples/multiarch/bases/busybox")
        bench_peers.push(layout, "latest", f"big{number}:latest")
        shutil.rmtree(layout)
    context = folder / "pull"
    context.mkdir()
    (context / "Dockerfile").write_text(f"FROM {BASE.format('big1:latest')}\nCOPY --from={BASE.format('big2:latest')} /tree/00 /other\n"
                                        "RUN test -e /tree/39/4/file3999\n")
    return Work("pull", "pull of 2 bases of 216 MB", context, [], [Case("cold", 3, cold)])


def make_run50(_root, folder, _files):
    context = folder / "run50"
    context.mkdir()
    lines = [f"FROM {BASE.format('busybox:latest')}", *(f"RUN echo {number}" for number in range(50))]
    (context / "Dockerfile").write_text("\n".join(lines) + "\n")
    return Work("run50", "50 x RUN echo", context, [], [Case("cold", 1, cold), Case("nothing changed", 0.02, nothing)])


def make_run50_host(_root, folder, _files):
    """What run50 costs less is the price of networks of their own. The peers refuse it without an entitlement."""
    context = folder / "run50-host"
    context.mkdir()
    lines = [f"FROM {BASE.format('busybox:latest')}", *(f"RUN --network=host echo {number}" for number in range(50))]
    (context / "Dockerfile").write_text("\n".join(lines) + "\n")
    return Work("run50-host", "50 x RUN --network=host echo", context, [], [Case("cold", 1, cold)])


def make_copy(_root, folder, files):
    context = folder / "copy"
    randomness = random.Random(1)
    for number in range(files):
        path = context / f"tree/{number // 500:03}/file{number:05}"
        path.parent.mkdir(parents=True, exist_ok=True)
        # Half noise, half text, about 3940 bytes: as well compressible as sources and small binaries are together.
        path.write_bytes(randomness.randbytes(1970) + (b"line %d of a small file\n" % number) * (1970 // 30))
    (context / "Dockerfile").write_text(f"FROM {BASE.format('busybox:latest')}\nCOPY tree /tree\n")
    changes = iter(range(1_000_000))

    def change_one(_tool, _run):
        file = context / "tree/000/file00007"
        file.write_text(f"changed {next(changes)} {os.urandom(8).hex()}")

    return Work("copy", f"COPY of {files} files", context, [],
                [Case("cold", 3, cold), Case("nothing changed", 0.15, nothing), Case("one changed", 0.8, change_one)])


MAKERS = {"example": make_example, "pull": make_pull, "run50": make_run50, "run50-host": make_run50_host, "copy": make_copy}


def make(names, root, folder, files):
    """One after the other, so that a large context exists only when its turn comes."""
    for name in names:
        yield MAKERS[name](root, folder, files)
