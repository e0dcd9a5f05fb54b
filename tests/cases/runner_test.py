#!/usr/bin/env python3
"""The runner of cases must see what differs, and nothing else: its pieces on small values."""
import pathlib
import subprocess
import tempfile
import unittest

from runner.compare import Latitude, differences
from runner.history import docker_step, instruction, step_without_flags
from runner.judge import FAILED, PASSED, SKIPPED, Judge
from runner.leftovers import drop_leftovers, mount_targets
from runner.raw_path import escape, unescape
from runner.reference import Live
from runner.tree import flatten


def file(content="x", **facts):
    return {"type": "file", "mode": 0o644, "uid": 0, "gid": 0, "size": len(content), "sha256": content, **facts}


def folder(mode=0o755):
    return {"type": "dir", "mode": mode, "uid": 0, "gid": 0}


class Flatten(unittest.TestCase):
    def test_whiteouts_hide_what_is_below_only(self):
        below = [(b"d", folder()), (b"d/a", file()), (b"d/b", file()), (b"e", file())]
        above = [(b"d/.wh.a", file("")), (b".wh.e", file("")), (b"e", file("new"))]
        listing = flatten([below, above])
        self.assertEqual(["/d", "/d/b", "/e"], list(listing))
        self.assertEqual("new", listing["/e"]["sha256"])

    def test_an_opaque_folder_keeps_its_own_layer(self):
        listing = flatten([[(b"d", folder()), (b"d/old", file())], [(b"d", folder()), (b"d/new", file()), (b"d/.wh..wh..opq", file(""))]])
        self.assertEqual(["/d", "/d/new"], list(listing))

    def test_a_file_in_the_place_of_a_folder_hides_what_was_in_it(self):
        self.assertEqual(["/d"], list(flatten([[(b"d", folder()), (b"d/x", file())], [(b"d", file())]])))

    def test_hard_links_name_the_first(self):
        link = {**file(), "type": "hardlink", "link": b"b"}
        listing = flatten([[(b"b", file()), (b"a", link), (b"c", file())]])
        self.assertEqual(["/a", "/a", None], [listing[path].get("hardlink") for path in ("/a", "/b", "/c")])
        replaced = flatten([[(b"b", file()), (b"a", link)], [(b"b", file("new"))]])
        self.assertEqual([None, None], [replaced[path].get("hardlink") for path in ("/a", "/b")])


class Compare(unittest.TestCase):
    image = {"platform": "linux/amd64", "config": {"Env": ["A=1"], "Volumes": {"/b": {}, "/a": {}}},
             "history": [{"created_by": "RUN |1 A=1 /bin/sh -c  echo   x # buildkit"}], "fs": {"/f": {"type": "file", "mode": "0644"}}}

    def lines(self, wanted_fs=None, archives=(), **changed):
        wanted = {**self.image, "config": {"Env": ["A=1"], "Volumes": ["/a", "/b"], "Labels": None}, "history": [{"created_by": "RUN echo x"}]}
        wanted.update(changed)
        return differences(self.image, wanted, self.image["fs"] if wanted_fs is None else wanted_fs, Latitude(archives=archives))

    def test_equal_images_agree(self):
        self.assertEqual([], self.lines())

    def test_each_part_is_compared(self):
        self.assertEqual(["platform: linux/amd64, expected linux/arm64"], self.lines(platform="linux/arm64"))
        self.assertEqual(1, len(self.lines(config={"Env": ["A=2"], "Volumes": ["/a", "/b"]})))
        self.assertEqual(1, len(self.lines(config={"Env": ["A=1"]})))
        self.assertEqual(1, len(self.lines(history=[{"created_by": "RUN echo y"}])))
        self.assertEqual(1, len(self.lines(history=[{"created_by": "RUN echo x", "empty_layer": True}])))
        self.assertEqual(2, len(self.lines(wanted_fs={"/g": {"type": "dir", "mode": "0755"}})))
        self.assertEqual(["/f mode: '0644', expected '0600'"], self.lines(wanted_fs={"/f": {"type": "file", "mode": "0600"}}))

    def test_attributes_of_users_and_times_do_not_count(self):
        self.assertEqual([], self.lines(wanted_fs={"/f": {"type": "file", "mode": "0644", "mtime": 1, "xattrs": {"user.a": "b"}}}))
        self.assertEqual(1, len(self.lines(wanted_fs={"/f": {"type": "file", "mode": "0644", "xattrs": {"security.capability": "hex:01"}}})))


class Leftovers(unittest.TestCase):
    def test_mount_points_of_one_side_are_dropped(self):
        point = {"type": "dir", "mode": "0755"}
        mine = {"/proc": point, "/run": point, "/run/secrets": point, "/etc": point, "/data": point}
        self.assertEqual(({"/data": point}, {}), drop_leftovers(mine, {}, []))

    def test_what_holds_something_stays(self):
        point, full = {"type": "dir", "mode": "0755"}, {"type": "file", "size": 1}
        mine = {"/etc": point, "/etc/passwd": full, "/run": full}
        self.assertEqual((mine, {}), drop_leftovers(mine, {}, []))

    def test_targets_of_mounts_and_the_folders_above(self):
        point = {"type": "dir", "mode": "0755"}
        targets = mount_targets("RUN --mount=type=cache,target=/a/b --mount=type=secret,id=t --mount=dst=rel true")
        self.assertEqual(["/a/b", "/run/secrets/t", "rel"], targets)
        mine = {"/a": point, "/a/b": point, "/work": {**point}, "/work/rel": point}
        self.assertEqual(({"/work": point}, {}), drop_leftovers(mine, {}, targets))


class Steps(unittest.TestCase):
    def test_what_builders_write_of_one_instruction(self):
        ours, theirs = {"created_by": "COPY --chown=1 --chmod=0600 a /b # buildkit"}, {"created_by": "COPY a /b # buildkit"}
        self.assertNotEqual(docker_step(ours), docker_step(theirs))
        self.assertEqual(step_without_flags(ours), step_without_flags(theirs))
        self.assertEqual("COPY", instruction({"created_by": "/bin/sh -c #(nop) COPY file:0e in /b "}))
        self.assertEqual("RUN", instruction({"created_by": "/bin/sh -c echo a"}))
        self.assertEqual("RUN", instruction({"created_by": "RUN /bin/sh -c echo a # buildkit"}))


class FakeBuilder:
    """Builds what it is told: a list of files or a refusal."""
    name, user, step, config_of_its_own = "fake", None, staticmethod(docker_step), ()

    def __init__(self, files=None, reason=""):
        self.files, self.reason = files, reason

    def lacks(self, _case):
        return self.reason

    def give_to_user(self, _folder):
        pass

    def build(self, _case, _folder, _contexts=()):
        return subprocess.CompletedProcess([], 1 if self.files is None else 0, "no such file"), self

    def images(self):
        return {"linux/amd64": {"platform": "linux/amd64", "config": {"WorkingDir": "/"}, "history": [], "fs": self.files}}


class NoBases:
    @staticmethod
    def contexts():
        return []


class LiveCase:
    name, dockerfile, context, prepare, needs, images, may_fail = "case", "Dockerfile", "context", [], set(), {}, False


class WithAPeer(unittest.TestCase):
    def verdict(self, ours, theirs):
        with tempfile.TemporaryDirectory() as folder:
            case = LiveCase()
            case.folder = pathlib.Path(folder, "case")
            case.folder.mkdir()
            (case.folder / "Dockerfile").write_text("FROM scratch\n")
            return Judge(ours, Live(theirs), NoBases, pathlib.Path(folder, "work")).judge(case)

    def test_the_same_files_pass(self):
        self.assertEqual((PASSED, []), self.verdict(FakeBuilder({"/f": file()}), FakeBuilder({"/f": file()})))

    def test_each_broken_file_fails(self):
        for broken in (file("y"), file(mode=0o600), file(uid=1), file(hardlink="/e"), file(xattrs={"security.capability": b"\1"}), folder()):
            verdict, lines = self.verdict(FakeBuilder({"/f": broken}), FakeBuilder({"/f": file()}))
            self.assertEqual((FAILED, True), (verdict, bool(lines)), broken)
        self.assertEqual(FAILED, self.verdict(FakeBuilder({}), FakeBuilder({"/f": file()}))[0])

    def test_both_must_refuse_or_neither(self):
        self.assertEqual(PASSED, self.verdict(FakeBuilder(), FakeBuilder())[0])
        self.assertEqual(FAILED, self.verdict(FakeBuilder(), FakeBuilder({}))[0])
        self.assertEqual((FAILED, ["an error was expected", "fake says:", "no such file"]), self.verdict(FakeBuilder({}), FakeBuilder()))

    def test_what_the_peer_does_not_know_is_skipped(self):
        self.assertEqual((SKIPPED, ["too old"]), self.verdict(FakeBuilder({}), FakeBuilder({}, "too old")))


class RawPath(unittest.TestCase):
    def test_there_and_back(self):
        for raw in (b"plain", "ä".encode(), b"\xff\xe9", b"a\\b\n"):
            self.assertEqual(raw, unescape(escape(raw)))
        self.assertEqual("\\xff\\x5c\\x0a", escape(b"\xff\\\n"))


if __name__ == "__main__":
    unittest.main()
