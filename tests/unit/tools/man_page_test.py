#!/usr/bin/env python3
"""The man page tells of every command and flag that the program has, and of no other; man finds no fault in it.

usage: man_page_test.py MABPLAN MAN_PAGE
"""
import re
import shutil
import subprocess
import sys
import unittest

MABPLAN, PAGE = sys.argv[1:3]

FLAG = re.compile(r"(?:(?<=[ ,])|^)(--[a-z][a-z-]*|-[A-Za-z])(?=[ ,=\[]|$)")


def help_on(command):
    return subprocess.run([MABPLAN, "help", *command], check=True, capture_output=True, text=True).stdout


def part(text, heading):
    """The indented lines behind a heading."""
    found = re.search(rf"^{heading}:\n((?:  .*\n)+)", text, re.MULTILINE)
    return found[1].splitlines() if found else []


def commands_of_program(path=()):
    """Flags by command, of those that do something: "cache prune" and not "cache"."""
    text = help_on(path)
    inner = [line.split()[0] for line in part(text, "Subcommands") if line.startswith("  ") and not line.startswith("   ")]
    if inner:
        return {name: flags for verb in inner for name, flags in commands_of_program((*path, verb)).items()}
    flags = {flag for line in part(text, "Options") if line.startswith("  -") for flag in line.split()[0].split(",")}
    return {" ".join(path): flags}


def plain(line):
    """Text of man(7) without its fonts and quotes."""
    line = re.sub(r"^\.[A-Z]+ ", "", line)
    return re.sub(r"\\f[A-Z]", "", line).replace("\\-", "-").replace('"', "").replace(" , ", ", ")


def commands_of_page(text):
    """Flags by command, as the tags under COMMANDS tell them, and those of OPTIONS."""
    commands, options = {}, set()
    section, command, is_tag = "", None, False
    for line in text.splitlines():
        if line.startswith(".SH "):
            section, command = line[4:], None
        elif line.startswith(".SS "):
            command = " ".join(word for word in plain(line).split() if re.fullmatch(r"[a-z]+", word))
            commands[command] = set()
        elif is_tag and section == "OPTIONS":
            options.update(FLAG.findall(plain(line)))
        elif is_tag and section == "COMMANDS":
            commands[command].update(FLAG.findall(plain(line)))
        is_tag = line == ".TP"
    return commands, options


class ManPageTest(unittest.TestCase):
    def setUp(self):
        with open(PAGE, encoding="utf-8") as file:
            self.text = file.read()
        self.commands, self.options = commands_of_page(self.text)
        self.program = commands_of_program()

    def test_commands(self):
        self.assertGreater(len(self.program), 10)
        self.assertEqual(sorted(self.commands), sorted(self.program))

    def test_flags_of_each_command(self):
        for name, flags in self.program.items():
            with self.subTest(name):
                self.assertEqual(sorted(set(self.commands.get(name, ())) - self.options), sorted(flags - self.options))

    def test_flags_of_all_commands(self):
        everywhere = set().union(*self.program.values()) | {"--version"}
        self.assertEqual(sorted(self.options - everywhere), [])
        for flag in ("-h", "--help", "--version", "-C", "--cache-dir"):
            self.assertIn(flag, self.options)

    def test_words_of_flags(self):
        words = {word for name in self.program for found in re.findall(r":\{([a-z,]+)\}", help_on(name.split())) for word in found.split(",")}
        self.assertIn("auto", words)
        text = plain(self.text)
        self.assertEqual([word for word in sorted(words) if not re.search(rf"\b{word}\b", text)], [])

    def test_version(self):
        version = subprocess.run([MABPLAN, "--version"], check=True, capture_output=True, text=True).stdout.strip()
        self.assertIn(f'"{version}"', next(line for line in self.text.splitlines() if line.startswith(".TH ")))

    def test_man_finds_no_fault(self):
        if not shutil.which("man") or not shutil.which("groff"):
            self.skipTest("man or groff is not installed")
        said = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", PAGE], capture_output=True, text=True)
        self.assertEqual((said.returncode, said.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
