#!/usr/bin/env python3
"""Tries plans/README.md and plans/schema/plan.schema.json on real plans: the golden ones, and one with one of everything.

usage: plan_format_test.py PRINT_EXAMPLE_PLAN          the program that prints the latter
"""
import copy
import json
import pathlib
import re
import subprocess
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
PLANS = HERE.parents[1] / "plans"
sys.path.insert(0, str(HERE.parent / "support"))
import plan_keys  # noqa: E402

try:
    import jsonschema
except ImportError:
    print("skipped: python3-jsonschema is not installed")
    sys.exit(77)

SCHEMA = json.loads((PLANS / "schema/plan.schema.json").read_text())
README = (PLANS / "README.md").read_text()
VALIDATOR = jsonschema.Draft7Validator(SCHEMA)
EXAMPLE_TEXT = subprocess.run([sys.argv.pop(1)], check=True, capture_output=True, text=True).stdout
EXAMPLE = json.loads(EXAMPLE_TEXT)
TEXTS = {"example": EXAMPLE_TEXT, **{path.parent.name: path.read_text() for path in sorted(HERE.glob("cases/*/plan.json"))}}

OPEN = ("config", "annotations", "descriptor_annotations")  # objects of others, or with any names
OPTIONAL = ("index",)
FIRST_ACTION = {action["kind"]: number for number, action in reversed(list(enumerate(EXAMPLE["actions"])))}
MOUNTED = max(number for number, action in enumerate(EXAMPLE["actions"]) if action.get("mounts"))


def objects_in(value, path=()):
    """(path, object) for all objects of the plan whose members are the format's."""
    if isinstance(value, dict):
        yield path, value
        for name, member in value.items():
            if name not in OPEN:
                yield from objects_in(member, (*path, name))
    elif isinstance(value, list):
        for number, element in enumerate(value):
            yield from objects_in(element, (*path, number))


def at(plan, path):
    for step in path:
        plan = plan[step]
    return plan


def changed(path, change):
    plan = copy.deepcopy(EXAMPLE)
    change(at(plan, path))
    return plan


def of_another_type(value):
    return [] if isinstance(value, dict) else {} if isinstance(value, list) else 7 if isinstance(value, str) else "x"


class Format(unittest.TestCase):
    def test_the_bytes_are_those_that_the_text_describes(self):
        for name, text in TEXTS.items():
            with self.subTest(name):
                plan = json.loads(text)
                self.assertEqual(plan_keys.text_of(plan), text)
                self.assertEqual(plan_keys.checksum(plan), plan["checksum"])

    def test_the_keys_are_those_that_the_text_describes(self):
        for name, text in TEXTS.items():
            plan = json.loads(text)
            for number, action in enumerate(plan["actions"]):
                with self.subTest(name, action=number):
                    self.assertEqual(plan_keys.key(plan, action), action["key"])

    def test_the_example_of_the_text_is_right(self):
        block = re.search(r"```fields\n(.*?)```\s*(?:[^`]*?)`(sha256:[0-9a-f]{64})`", README, re.DOTALL)
        self.assertTrue(block, "plans/README.md has no block of fields, followed by a key")
        fields = [tuple(line.split(" = ", 1)) if " = " in line else (line.removesuffix(" ="), "") for line in block[1].splitlines()]
        self.assertEqual(plan_keys.hash_fields(fields), block[2])

    def test_the_text_names_every_member(self):
        for name, definition in [("plan", SCHEMA), *SCHEMA["definitions"].items()]:
            for member in definition.get("properties", {}):
                self.assertIn(f"`{member}`", README, f"a member of {name}")


class Schema(unittest.TestCase):
    def accept(self, plan):
        error = jsonschema.exceptions.best_match(VALIDATOR.iter_errors(plan))
        self.assertIsNone(error, error and f"{list(error.absolute_path)}: {error.message}")

    def refuse(self, plan, what):
        self.assertFalse(VALIDATOR.is_valid(plan), what)

    def test_it_is_a_schema(self):
        jsonschema.Draft7Validator.check_schema(SCHEMA)

    def test_no_word_beside_a_reference_is_lost(self):
        """Draft 7 ignores what stands beside a $ref."""
        def look(value):
            if isinstance(value, dict):
                if "$ref" in value:
                    self.assertLessEqual(set(value), {"$ref", "description"})
                for member in value.values():
                    look(member)
            elif isinstance(value, list):
                for element in value:
                    look(element)
        look(SCHEMA)

    def test_it_fits_real_plans(self):
        self.assertGreater(len(TEXTS), 10)
        for name, text in TEXTS.items():
            with self.subTest(name):
                self.accept(json.loads(text))

    def test_the_example_has_one_of_everything(self):
        kinds = {"image", "run", "copy", "make-directory", "fetch", "git"}
        self.assertEqual(set(FIRST_ACTION), kinds)
        self.assertEqual({mount["type"] for mount in EXAMPLE["actions"][MOUNTED]["mounts"]}, {"bind", "cache", "tmpfs", "secret", "ssh"})

    def test_a_missing_member_is_refused(self):
        for path, found in objects_in(EXAMPLE):
            for name in found:
                if name not in OPTIONAL:
                    self.refuse(changed(path, lambda it, name=name: it.pop(name)), (*path, name))

    def test_a_further_member_is_refused(self):
        for path, _ in objects_in(EXAMPLE):
            self.refuse(changed(path, lambda it: it.update({"else": 1})), path)

    def test_another_type_is_refused(self):
        for path, found in objects_in(EXAMPLE):
            for name, value in found.items():
                wrong = of_another_type(value)
                self.refuse(changed(path, lambda it, name=name, wrong=wrong: it.update({name: wrong})), (*path, name))

    def test_a_wrong_element_is_refused(self):
        for path, found in objects_in(EXAMPLE):
            for name, value in found.items():
                if isinstance(value, list) and name not in OPEN:
                    self.refuse(changed(path, lambda it, name=name: it[name].append(7)), (*path, name))

    def test_wrong_values_are_refused(self):
        image, run, copied, fetch = (("actions", FIRST_ACTION[kind]) for kind in ("image", "run", "copy", "fetch"))
        mounts = ("actions", MOUNTED, "mounts")
        place = {mount["type"]: (*mounts, number) for number, mount in enumerate(EXAMPLE["actions"][MOUNTED]["mounts"])}
        inline = next((*path, "from_inline") for path, found in objects_in(EXAMPLE) if "from_inline" in found)
        target = ("targets", 0)
        digest = "sha256:" + "0" * 64
        wrong = [
            ((), {"schema": "mabplan-plan-1"}), ((), {"semantics": 1}), ((), {"checksum": "sha256:abc"}), ((), {"epoch": 1.5}),
            (image, {"key": digest.upper()}), (image, {"key": "sha512:" + "0" * 128}), (image, {"platform": "linux"}),
            (image, {"platform": "linux/arm/v7/x"}), (image, {"kind": "picture"}), (image, {"kind": "run"}), (image, {"name": ""}),
            ((*image, "location"), {"kind": "folder"}), ((*image, "location"), {"address": ""}),
            ((*image, "layers", 0), {"size": -1}), ((*image, "layers", 0), {"diff_id": ""}),
            (run, {"argv": []}), (run, {"root": -1}), (run, {"root": 1.5}), (run, {"root": 1 << 32}), (run, {"network": "bridge"}),
            (run, {"security": "none"}), (run, {"runner": "kvm"}), (run, {"cwd": {"base64": "not base64"}}), (run, {"cwd": {"base64": "QQ"}}),
            (run, {"cwd": {"base64": "/w==", "more": 1}}), (run, {"root": True}),
            ((*copied, "parts", 0), {"from_context": {"context": 0, "tree": digest}}), ((*copied, "parts", 0), {"from_root": "0"}),
            (inline, lambda files: files[0].update(name="a/b")), (inline, lambda files: files[0].update(name="..")),
            (inline, lambda files: files[0].update(name="")), (inline, lambda files: files[0].update(mode=0o10000)),
            (fetch, {"checksum": "md5:0"}),
            (place["bind"], {"type": "volume"}), (place["bind"], {"from_root": None}), (place["cache"], {"sharing": "public"}),
            (place["cache"], {"mode": -1}), (place["cache"], {"uid": 1 << 32}), (place["tmpfs"], {"size": 0.5}),
            (place["secret"], {"mode": 0o10000}), (place["ssh"], {"gid": -1}),
            ((*target, "cells", 0), {"platform": "linux//v7"}), ((*target, "cells", 0, "history", 0), {"layer": -1}),
            ((*target, "outputs", 0), {"type": "registry"}), ((*target, "outputs", 0), {"compression": "estargz"}),
            ((*target, "outputs", 0), {"platform_split": None}), ((*target, "cells", 0), {"descriptor_annotations": {"a": None}}),
            (target, {"annotations": {"a": 1}}), (target, {"name": ""}),
        ]
        for path, change in wrong:
            apply = change if callable(change) else lambda it, change=change: it.update(change)
            self.refuse(changed(path, apply), (path, change))


if __name__ == "__main__":
    unittest.main()
