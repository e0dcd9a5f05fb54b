#!/usr/bin/env python3
"""The check of the papers must be able to fail: each test puts one fault into a small tree and expects exactly that complaint."""
import pathlib
import tempfile
import unittest

import papers

README = """# A house

See [the plan](plans/README.md), `runtime/sys/fd.h` and tests/e2e/*.sh; build/tools/x, https://host/tools/y and ~/tools/z are elsewhere.

## The map of the house

    tools -> {compiler, runtime} -> plans

    plans/     base (text, digests) · README.md: the plan
    compiler/  lower (a, b · c) ·
               compile
    runtime/   sys · run, walk
    tools/     mabplan · setup
    tests/     e2e

Behind the map.

## More
"""
SOUND = {
    "README.md": README, "plans/README.md": "`base/*.h`, `base/NAME.h`, `base/text.h`, `bases/x`, [back](../README.md), [a part](#part)\n",
    "plans/base/text.h": '"mabplan-thing-2"', "compiler/lower/lower.cpp": "", "compiler/compile.h": "", "compiler/compile.cpp": "", "compiler/meson.build": "",
    "runtime/sys/fd.h": "", "runtime/run.h": "", "runtime/walk.cpp": "", "tools/mabplan/main.cpp": "", "tools/setup": "",
    "tests/e2e/run.sh": "", "tests/law/__pycache__/law.pyc": "", "tests/meson.build": "",
}


class PapersTest(unittest.TestCase):
    def faults(self, changes):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**SOUND, **changes}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return papers.Papers(pathlib.Path(folder)).check()

    def test_sound_papers(self):
        self.assertEqual(self.faults({}), [])

    def test_path_that_is_not_there(self):
        for text, path in (("`runtime/sys/gone.h`", "runtime/sys/gone.h"), ("in tests/unit/*.cpp.", "tests/unit/*.cpp"),
                           ("(.ci/run)", ".ci/run"), ("`tools/gone`, `tools/setup`", "tools/gone")):
            with self.subTest(path):
                self.assertEqual(self.faults({"plans/MORE.md": f"\n{text}\n"}), [f"plans/MORE.md:2: {path} is not there"])

    def test_path_from_plans(self):
        self.assertEqual(self.faults({"plans/MORE.md": "`base/gone.h`"}), ["plans/MORE.md:1: plans/base/gone.h is not there"])

    def test_link_to_nothing(self):
        self.assertEqual(self.faults({"plans/MORE.md": "[x](GONE.md#y)"}), ["plans/MORE.md:1: plans/GONE.md is not there"])

    def test_schema_that_no_source_has(self):
        self.assertEqual(self.faults({"plans/MORE.md": "`mabplan-thing-2`"}), [])
        self.assertEqual(self.faults({"plans/MORE.md": "`mabplan-thing-1`"}), ["plans/MORE.md:1: no source has the schema mabplan-thing-1"])

    def test_program_that_is_built(self):
        self.assertEqual(self.faults({"plans/MORE.md": "ninja compiler/compile"}), [])

    def test_room_that_the_map_lacks(self):
        self.assertEqual(self.faults({"runtime/attic/box.h": ""}), ["README.md: the map does not have runtime/attic"])

    def test_room_that_is_gone(self):
        self.assertEqual(self.faults({"README.md": README.replace("sys ·", "sys · attic (old things) ·")}),
                         ["README.md: the map has runtime/attic, which is not there"])

    def test_room_twice(self):
        self.assertIn("README.md: the map has runtime/sys twice", self.faults({"README.md": README.replace("sys ·", "sys · sys ·")}))

    def test_no_map(self):
        self.assertEqual(self.faults({"README.md": README.replace("The map", "A map")}),
                         ["README.md: there is no `## The map of the house`"])


if __name__ == "__main__":
    unittest.main()
