"""Signatures and the like of an image, from a registry that keeps account of them (in pages of one) to one that does not, and back.

usage: referrers.py MABPLAN REGISTRY       REGISTRY: docker-registry, which does not
"""
import json
import pathlib
import subprocess
import sys
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from faulty_registry import Registry, digest_of  # pylint: disable=wrong-import-position
from registry_faults import INDEX, MANIFEST, make_image  # pylint: disable=wrong-import-position

EMPTY = b"{}"


def artifact(kind, subject, annotations, config_type="application/vnd.oci.empty.v1+json"):
    """A manifest about another one, and its blobs."""
    layer = f"{kind} of {subject['digest']}".encode()

    def described(media_type, data):
        return {"mediaType": media_type, "digest": digest_of(data), "size": len(data)}
    document = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described(config_type, EMPTY), "layers": [described("text/plain", layer)],
                "subject": subject, "annotations": annotations}
    if kind:
        document["artifactType"] = kind
    data = json.dumps(document).encode()
    return {digest_of(data): (MANIFEST, data)}, {digest_of(EMPTY): EMPTY, digest_of(layer): layer}, described(MANIFEST, data)


def run(mabplan, *words):
    return subprocess.run([mabplan, *words], check=True, stdout=subprocess.PIPE, text=True).stdout


def listed(mabplan, image):
    found = json.loads(run(mabplan, "image", "inspect", "--referrers", "--json", f"docker://{image}"))["referrers"]
    return {each["digest"]: (each["artifact_type"], each["annotations"].get("by")) for each in found}


def document_at(registry, path):
    request = urllib.request.Request(f"http://{registry}/v2/{path}", headers={"Accept": INDEX})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def main():
    mabplan, registry = sys.argv[1:]
    keeper = Registry()
    documents, blobs, root = make_image("referrers")
    keeper.put_image("r-api/app", documents, blobs)
    image = {"mediaType": INDEX, "digest": root, "size": len(documents[root][1])}
    one = next({"mediaType": MANIFEST, "digest": name, "size": len(data)} for name, (kind, data) in documents.items() if kind == MANIFEST)
    wanted = {}
    signed = artifact("application/x-signature", image, {"by": "us"})
    contents = artifact("", one, {"by": "a scanner"}, "application/x-contents")
    of_contents = artifact("application/x-signature", contents[2], {"by": "them"})
    for made, kind in ((signed, "application/x-signature"), (contents, "application/x-contents"), (of_contents, "application/x-signature")):
        keeper.put_image("r-api/app", made[0], made[1])
        wanted[made[2]["digest"]] = (kind, json.loads(next(iter(made[0].values()))[1])["annotations"]["by"])
    more = artifact("application/x-signature", image, {"by": "another"})
    keeper.put_image("r-api/app", more[0], more[1])
    wanted[more[2]["digest"]] = ("application/x-signature", "another")
    source, there = f"localhost:{keeper.server_port}/r-api/app:1", f"{registry}/team/app:1"

    assert listed(mabplan, source) == wanted, listed(mabplan, source)
    assert run(mabplan, "image", "inspect", f"docker://{source}").count("referrer") == 0
    # twice: nothing comes in twice
    for _ in range(2):
        run(mabplan, "image", "copy", "--referrers", f"docker://{source}", f"docker://{there}")
        kept = document_at(registry, f"team/app/manifests/sha256-{root[7:]}")
        assert kept["mediaType"] == INDEX
        digests = [each["digest"] for each in kept["manifests"]]
        assert digests == sorted([signed[2]["digest"], more[2]["digest"]]), digests
        assert {each["artifactType"] for each in kept["manifests"]} == {"application/x-signature"}
    assert listed(mabplan, there) == wanted, listed(mabplan, there)

    # and back: the tag stays behind, for the registry keeps account
    run(mabplan, "image", "copy", "--referrers", f"docker://{there}", f"docker://localhost:{keeper.server_port}/r-api/back:1")
    assert listed(mabplan, f"localhost:{keeper.server_port}/r-api/back:1") == wanted
    assert not [name for repository, name in keeper.manifests if repository == "r-api/back" and name.startswith("sha256-")]
    # an account that was lost is written again, and what stands in it of others stays
    plain = f"localhost:{keeper.server_port}/plain/app:1"
    tag = ("plain/app", f"sha256-{root[7:]}")
    run(mabplan, "image", "copy", "--referrers", f"docker://{source}", f"docker://{plain}")
    others = {"mediaType": "x/y", "digest": "sha512:" + "f" * 128, "size": 1, "urls": ["u"]}
    gone = artifact("application/x-signature", image, {"by": "one who is gone"})[2]
    keeper.manifests[tag] = (INDEX, json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": [others, gone]}).encode())
    run(mabplan, "image", "copy", "--referrers", f"docker://{source}", f"docker://{plain}")
    digests = [each["digest"] for each in json.loads(keeper.manifests[tag][1])["manifests"]]
    assert digests == sorted([others["digest"], gone["digest"], signed[2]["digest"], more[2]["digest"]]), digests
    done = subprocess.run([mabplan, "image", "inspect", "--referrers", "--json", f"docker://{plain}"], check=True, capture_output=True, text=True)
    assert len(json.loads(done.stdout)["referrers"]) == 4, done.stdout
    assert f"warning: {gone['digest']}" in done.stderr and "is not there" in done.stderr, done.stderr

    # what strangers write can't touch the terminal
    loud = artifact("application/\x1b]0;x\x07", image, {"by\x1b[2J": "\x1b[31m"})
    keeper.put_image("r-api/app", loud[0], loud[1])
    assert "\x1b" not in run(mabplan, "image", "inspect", "--referrers", f"docker://{source}")
    # without the flag the image goes alone
    run(mabplan, "image", "copy", f"docker://{source}", f"docker://{registry}/alone:1")
    assert not listed(mabplan, f"{registry}/alone:1")


main()
