"""Base images of the size that people build on: 216 MB in some thousand files, most of it text. The same bytes every time."""
import json
import random
import tarfile

from layout_from_debs import PATH, PLATFORMS, Layout, Tree

SIZE = 216_000_000
FILES = 4000
TEXT, TABLES, NOISE = 0.6, 0.32, 0.08  # by number of files: gzip leaves 43 % of it


def write_base(folder, seed, busybox):
    """An OCI layout with one image of one layer: generated files below /tree, and the shell out of the layout of busybox."""
    randomness = random.Random(seed)
    tree = Tree()
    tree.add("bin/busybox", mode=0o755, data=_program(busybox))
    tree.add_link("bin/sh", "busybox")
    words = vocabulary(randomness)
    weights = [randomness.lognormvariate(0, 1.5) for _ in range(FILES)]
    scale = SIZE / sum(weights)
    for number, weight in enumerate(weights):
        tree.add(f"tree/{number // 100:02}/{number % 100 // 20}/file{number:04}", data=content(randomness, words, int(weight * scale)))
    tree.add_missing_parents()
    layout = Layout(folder)
    layout.finish([layout.add_image(PLATFORMS["amd64"], tree, {"Env": [PATH], "Cmd": ["sh"]})], "latest")


def vocabulary(randomness):
    return [randomness.randbytes(randomness.randint(2, 5)).hex().encode() for _ in range(4000)]


def content(randomness, words, size):
    kind = randomness.choices((_text, _table, _noise), (TEXT, TABLES, NOISE))[0]
    return kind(randomness, words, size)[:size]


def _text(randomness, words, size):
    return b" ".join(randomness.choices(words, k=size // 6 + 1))


def _table(randomness, _words, size):
    """Like machine code: what comes again is short."""
    records = [randomness.randbytes(6) for _ in range(200)]
    return b"".join(randomness.choices(records, k=size // 6 + 1))


def _noise(randomness, _words, size):
    return randomness.randbytes(size)


def _program(busybox):
    """Of this machine's image in the layout that tools/bases makes."""
    def read(digest):
        return busybox / "blobs" / digest.replace(":", "/")

    index = json.loads((busybox / "index.json").read_text())
    images = json.loads(read(index["manifests"][0]["digest"]).read_text())["manifests"]
    image = next(image["digest"] for image in images if image["platform"]["architecture"] == "amd64")
    layer = json.loads(read(image).read_text())["layers"][0]["digest"]
    with tarfile.open(read(layer)) as archive:
        return archive.extractfile("bin/busybox").read()
