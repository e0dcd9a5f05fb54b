"""Registries and networks that misbehave, one way after the other (tests/support/faulty_registry.py): the right result, after another try
if need be, or a clear error within its limit; never a bad blob in the store or the registry, never a credential at a foreign host.

usage: registry_faults.py MABPLAN FOLDER
"""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from faulty_registry import Registry, digest_of  # pylint: disable=wrong-import-position

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
GOOD, REGISTRY, VERIFY, INPUT = 0, 4, 5, 2

# fault -> (how it ends, what the error says)
PULL = {
    "m-404": (REGISTRY, "404"), "m-403": (REGISTRY, "403"), "m-500": (REGISTRY, "500"), "m-418": (REGISTRY, "418"),
    "m-500-once": (GOOD, ""), "m-503-once": (GOOD, ""), "m-429-once": (GOOD, ""), "m-408-once": (GOOD, ""),
    "m-cut-once": (GOOD, ""), "m-cut": (REGISTRY, ""), "m-reset-once": (GOOD, ""), "m-close-once": (GOOD, ""), "m-close": (REGISTRY, ""),
    "m-no-http": (REGISTRY, ""), "m-stall": (REGISTRY, "too slow"), "m-accept-and-stall": (REGISTRY, "too slow"),
    "m-slow-loris": (REGISTRY, "too slow"), "m-endless-headers": (REGISTRY, "headers"), "m-garbage-chunks": (REGISTRY, ""),
    "m-endless": (VERIFY, "larger than"), "m-redirect-loop": (REGISTRY, "redirects more than"), "m-redirect-nowhere": (REGISTRY, "only http and https"),
    "m-redirect-missing": (REGISTRY, "404"), "m-empty": (VERIFY, ""), "m-wrong-bytes": (VERIFY, ""), "m-longer": (VERIFY, ""),
    "m-shorter": (VERIFY, ""), "m-announced-other": (VERIFY, "announced as"), "m-huge": (VERIFY, "larger than"), "m-not-json": (VERIFY, ""),
    "m-html": (VERIFY, ""), "m-schema1": (VERIFY, "schema"), "m-no-type": (GOOD, ""), "m-plain-type": (GOOD, ""),
    "m-redirect-elsewhere": (REGISTRY, "404"),
    "b-404": (REGISTRY, "404"), "b-403": (REGISTRY, "403"), "b-500": (REGISTRY, "500"), "b-500-once": (GOOD, ""), "b-503-once": (GOOD, ""),
    "b-429-once": (GOOD, ""), "b-cut-once": (GOOD, ""), "b-reset-once": (GOOD, ""), "b-close-once": (GOOD, ""), "b-close": (REGISTRY, ""),
    "b-no-http": (REGISTRY, ""), "b-stall": (REGISTRY, "too slow"), "b-slow-loris": (VERIFY, "announces"), "b-accept-and-stall": (REGISTRY, "too slow"),
    "b-endless-headers": (REGISTRY, "headers"), "b-garbage-chunks": (REGISTRY, ""), "b-endless": (VERIFY, "more than"),
    "b-redirect-loop": (REGISTRY, "redirects more than"), "b-redirect-nowhere": (REGISTRY, "only http and https"), "b-redirect-elsewhere": (GOOD, ""),
    "b-redirect-missing": (REGISTRY, "404"), "b-empty": (VERIFY, "announces 0 bytes"), "b-wrong-bytes": (VERIFY, ""), "b-longer": (VERIFY, "announces"),
    "b-shorter": (VERIFY, "announces"), "b-no-ranges": (GOOD, ""), "b-wrong-range": (VERIFY, "range"), "b-range-unasked": (VERIFY, "range"),
    "b-no-length": (GOOD, ""), **{f"b-reset-at-{number}": (GOOD, "") for number in range(16)},
}
PUSH = {
    "p-head-500": (GOOD, ""), "p-head-lies": (GOOD, ""), "p-post-500-once": (GOOD, ""), "p-post-429-once": (GOOD, ""),
    "p-post-404": (REGISTRY, "404"), "p-post-403": (REGISTRY, "DENIED"), "p-post-405": (REGISTRY, "405"), "p-no-location": (REGISTRY, "no Location"),
    "p-location-file": (REGISTRY, "only http and https"), "p-location-ftp": (REGISTRY, "only http and https"), "p-location-loop": (REGISTRY, ""),
    "p-location-relative": (GOOD, ""), "p-location-elsewhere": (GOOD, ""), "p-patch-500-once": (GOOD, ""), "p-patch-503-once": (GOOD, ""),
    "p-patch-reset-once": (GOOD, ""), "p-no-status": (GOOD, ""), "p-patch-arrived-reset-once": (GOOD, ""), "p-patch-reset": (REGISTRY, ""),
    "p-patch-404-once": (GOOD, ""), "p-patch-416-once": (GOOD, ""), "p-patch-403": (REGISTRY, "DENIED"), "p-patch-stall": (REGISTRY, "too slow"),
    "p-put-500-once": (GOOD, ""), "p-put-reset-once": (GOOD, ""), "p-put-404-once": (GOOD, ""), "p-put-403": (REGISTRY, "DENIED"),
    "p-put-digest-invalid": (REGISTRY, "DIGEST_INVALID"), "p-413": (GOOD, ""), "p-manifest-500-once": (GOOD, ""), "p-manifest-429-once": (GOOD, ""),
    "p-manifest-400": (REGISTRY, "MANIFEST_INVALID"), "p-manifest-413": (REGISTRY, "413"), "p-manifest-other": (VERIFY, "was pushed as"),
    "p-manifest-200": (GOOD, ""),
}
MOUNT = {"x-good": (GOOD, ""), "x-202": (GOOD, ""), "x-403": (GOOD, ""), "x-404": (GOOD, ""), "x-500-always": (GOOD, ""),
         "x-lies": (REGISTRY, "MANIFEST_BLOB_UNKNOWN")}
TOKEN = {"t-good": (GOOD, ""), "t-access-token": (GOOD, ""), "t-500-once": (GOOD, ""), "t-expires": (GOOD, ""), "t-insufficient": (GOOD, ""),
         "t-401-loop": (REGISTRY, "401"), "t-empty": (REGISTRY, "no usable token"), "t-html": (REGISTRY, ""), "t-huge": (VERIFY, "larger than"),
         "t-control": (REGISTRY, "no usable token"), "t-denied": (REGISTRY, "403"), "t-realm-file": (REGISTRY, "only http and https"),
         "t-realm-elsewhere": (GOOD, ""), "t-no-challenge": (REGISTRY, "401")}
LIMIT = 60  # seconds for one of them, on a slow machine


def make_image(seed):
    """One image of two layers under an index, as documents by name and blobs by digest."""
    noise = random.Random(seed)
    blobs = {}

    def put(data):
        blobs[digest_of(data)] = data
        return {"digest": digest_of(data), "size": len(data)}
    layers = [noise.randbytes(1_500_000), noise.randbytes(5000)]
    config = json.dumps({"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [digest_of(data) for data in layers]}}).encode()
    manifest = json.dumps({"schemaVersion": 2, "mediaType": MANIFEST, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", **put(config)},
                           "layers": [{"mediaType": "application/vnd.oci.image.layer.v1.tar", **put(data)} for data in layers]}).encode()
    entry = {"mediaType": MANIFEST, "digest": digest_of(manifest), "size": len(manifest), "platform": {"os": "linux", "architecture": "amd64"}}
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [entry]}).encode()
    documents = {"1": (INDEX, index), digest_of(index): (INDEX, index), digest_of(manifest): (MANIFEST, manifest)}
    return documents, blobs, digest_of(index)


def write_layout(folder, documents, blobs, root):
    (folder / "blobs/sha256").mkdir(parents=True)
    for digest, data in {**blobs, **{name: data for name, (_, data) in documents.items() if name != "1"}}.items():
        (folder / "blobs/sha256" / digest.removeprefix("sha256:")).write_bytes(data)
    (folder / "oci-layout").write_text('{"imageLayoutVersion":"1.0.0"}')
    size = len(documents[root][1])
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [{"mediaType": INDEX, "digest": root, "size": size}]}))


class Trial:
    """One fault, with a store, a home and an image of its own."""

    def __init__(self, mabplan, folder, fault, wanted, servers, onward=False):
        """`onward`: from the one that misbehaves to another registry, past the store."""
        self.mabplan, self.fault, self.wanted, (self.server, self.foreign) = mabplan, fault, wanted, servers
        self.onward = onward
        self.folder = folder / (fault + ("-onward" if onward else ""))
        self.folder.mkdir()
        self.documents, self.blobs, self.root = make_image(self.folder.name)
        self.repository = f"{fault}/{'onward' if onward else 'box'}"

    def run(self):
        host = f"localhost:{self.server.server_port}"
        there = f"docker://{host}/{self.repository}:1"
        layout = self.folder / "layout"
        if self.fault in PULL:
            self.server.put_image(self.repository, self.documents, self.blobs)
            if self.fault == "b-redirect-elsewhere":
                self.foreign.put_image(self.repository, {}, self.blobs)
            words = [there, f"docker://localhost:{self.foreign.server_port}/{self.repository[2:]}:1" if self.onward else f"oci:{self.folder}/pulled:1"]
        elif self.fault in MOUNT:
            self.server.put_image(f"source/{self.fault}", self.documents, self.blobs)
            words = [f"docker://{host}/source/{self.fault}:1", there]
        else:
            write_layout(layout, self.documents, self.blobs, self.root)
            words = [f"oci:{layout}", there]
        return self.judge(*self.execute(["image", "copy", *words], host))

    def execute(self, words, host):
        home = self.folder / "home"
        (home / ".docker").mkdir(parents=True)
        login = {host: {"username": "me", "password": "secret"}} if self.fault[0] in "tbpm" else {}
        (home / ".docker/config.json").write_text(json.dumps({"auths": login}))
        environment = {**os.environ, "HOME": str(home), "MABPLAN_CACHE_DIR": str(self.folder / "store"), "MABPLAN_NETWORK_TIMEOUT": "3", "DOCKER_CONFIG": ""}
        for name in ("XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "REGISTRY_AUTH_FILE", "DOCKER_CONFIG"):
            environment.pop(name, None)
        began = time.monotonic()
        try:
            done = subprocess.run([self.mabplan, *words], env=environment, capture_output=True, text=True, timeout=3 * LIMIT, check=False)
        except subprocess.TimeoutExpired:
            return -1, "", 3 * LIMIT
        return done.returncode, done.stdout + done.stderr, time.monotonic() - began

    def judge(self, code, said, seconds):
        """What is wrong; empty if nothing is."""
        wanted_code, wanted_words = self.wanted
        if code != wanted_code:
            return f"ended with {code}, expected {wanted_code}: {said[-600:]}"
        if seconds > LIMIT:
            return f"took {seconds:.0f} s"
        if wanted_words not in said:
            return f"does not say {wanted_words!r}: {said[-600:]}"
        if "secret" in said:
            return "says the password"
        for blob in (self.folder / "store/blobs/sha256").glob("*"):
            if hashlib.sha256(blob.read_bytes()).hexdigest() != blob.name:
                return f"the store holds the bad blob {blob.name}"
        for (repository, digest), data in [*self.server.blobs.items(), *self.foreign.blobs.items()]:
            if repository in (self.repository, self.repository[2:]) and digest_of(data) != digest:
                return f"the registry holds the bad blob {digest}"
        return self.judge_result() if code == GOOD else ""

    def judge_result(self):
        if self.onward:
            index = digest_of(self.foreign.manifests.get((self.repository[2:], "1"), ("", b""))[1])
            there = {digest.removeprefix("sha256:") for repository, digest in [*self.foreign.blobs, *self.foreign.manifests] if repository == self.repository[2:]}
        elif self.fault in PULL:
            index = json.loads((self.folder / "pulled/index.json").read_text())["manifests"][0]["digest"]
            there = {file.name for file in (self.folder / "pulled/blobs/sha256").iterdir()}
        else:
            index = digest_of(self.server.manifests.get((self.repository, "1"), ("", b""))[1])
            there = {digest.removeprefix("sha256:") for repository, digest in [*self.server.blobs, *self.server.manifests] if repository == self.repository}
            if self.fault == "p-location-elsewhere":
                there |= {digest.removeprefix("sha256:") for _, digest in self.foreign.blobs}
        missing = {digest.removeprefix("sha256:") for digest in [*self.blobs, *self.documents] if digest != "1"} - there
        return f"the digest is {index}, expected {self.root}" if index != self.root else f"{missing} are missing" if missing else ""


def main():
    mabplan, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    foreign = Registry()
    server = Registry(other=foreign.server_port)
    server.elsewhere = foreign
    trials = [Trial(mabplan, folder, fault, wanted, (server, foreign)) for group in (PULL, PUSH, MOUNT, TOKEN) for fault, wanted in group.items()]
    trials += [Trial(mabplan, folder, fault, wanted, (server, foreign), onward=True) for fault, wanted in PULL.items() if fault.startswith("b-")]
    with concurrent.futures.ThreadPoolExecutor(12) as workers:
        found = list(workers.map(Trial.run, trials))
    bad = [(trial.folder.name, words) for trial, words in zip(trials, found) if words]
    if foreign.authorized:
        bad.append(("foreign host", f"got credentials: {foreign.authorized}"))
    for fault, words in bad:
        print(f"{fault}: {words}")
    print(f"{len(trials)} faults, {len(bad)} of them wrong")
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
