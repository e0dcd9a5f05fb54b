#!/usr/bin/env python3
"""The law must be able to fail: each test breaks it once in a small tree of its own and expects exactly that complaint."""
import pathlib
import tempfile
import unittest

import law

LAWFUL = {
    "meson.build": "", "LICENSE": "", "README.md": "", ".gitignore": "", "build-debug/x": "",
    "plans/base/text.h": "#include <string>\n",
    "plans/base/format.h": "#include <fmt/format.h>\n",
    "plans/model/action.h": '#include "plans/base/text.h"\n',
    "compiler/lower/lower.cpp": '#include "plans/model/action.h"\n// asks no steady_clock::now() and no getenv()\n',
    "runtime/sys/fd.h": "#include <unistd.h>\n#include <chrono>\n",
    "runtime/exec/run.cpp": '#include "runtime/sys/fd.h"\n#include "plans/model/action.h"\n',
    "tools/mabplan/main.cpp": '#include "runtime/sys/fd.h"\n#include "plans/base/text.h"\n',
    "tests/unit/a_test.cpp": '#include "plans/base/text.h"\n#include <doctest/doctest.h>\n',
}


class LawTest(unittest.TestCase):
    def violations(self, **changes):
        """The complaints about the lawful tree with the given files on top."""
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {**LAWFUL, **changes}.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            self.law = law.Law(pathlib.Path(folder))
            return self.law.check()

    def assert_only(self, expected, files):
        self.assertEqual(self.violations(**files), [expected])

    def test_lawful_tree(self):
        self.assertEqual(self.violations(), [])

    def test_quiet_grep_in_a_pipe(self):
        script = "grep -q x file || grep -q y <(printf y)\nls | tr a b | grep -Eq b\n"
        self.assertEqual([found.split(": ")[0] for found in self.violations(**{"tests/e2e/a.sh": script})], ["tests/e2e/a.sh:2"])

    def test_compiler_includes_runtime(self):
        self.assert_only('compiler/lower/key.cpp:1: compiler/ includes "runtime/sys/fd.h"; it may include plans',
                         {"compiler/lower/key.cpp": '#include "runtime/sys/fd.h"\n'})

    def test_runtime_includes_compiler(self):
        found = self.violations(**{"compiler/ports/port.h": "", "runtime/exec/a.cpp": '\n#include "compiler/ports/port.h"\n'})
        self.assertEqual(found, ['runtime/exec/a.cpp:2: runtime/ includes "compiler/ports/port.h"; it may include plans'])

    def test_plans_include_upwards(self):
        found = self.violations(**{"plans/base/up.cpp": '#include "runtime/sys/fd.h"\n'})
        self.assertEqual(found, ['plans/base/up.cpp:1: plans/ includes "runtime/sys/fd.h"; it may include nothing but itself'])

    def test_product_includes_tests(self):
        found = self.violations(**{"tests/support/x.h": "", "tools/mabplan/b.cpp": '#include "tests/support/x.h"\n'})
        self.assertEqual(len(found), 1)
        self.assertIn("it may include compiler, plans, runtime", found[0])

    def test_include_not_from_the_root(self):
        found = self.violations(**{"plans/base/text.cpp": '#include "text.h"\n'})
        self.assertEqual(len(found), 1)
        self.assertIn('"text.h" is no file below the root', found[0])

    def test_cycle_of_rooms(self):
        found = self.violations(**{"tools/mabplan/a.h": "", "tools/mabplan/b.h": '#include "tools/bench/a.h"\n',
                                   "tools/bench/a.h": "", "tools/bench/b.h": '#include "tools/mabplan/a.h"\n'})
        self.assertEqual(found, ["tools/mabplan: rooms include each other in a circle: tools/bench -> tools/mabplan -> tools/bench"])

    def test_room_includes_one_of_a_higher_storey(self):
        self.assert_only('runtime/sys/up.cpp:2: includes "runtime/store/store.h" of a higher storey; '
                         "runtime/sys may include no other room of its floor",
                         {"runtime/store/store.h": "", "runtime/sys/up.cpp": '\n#include "runtime/store/store.h"\n'})
        self.assert_only('plans/tree/up.cpp:1: includes "plans/model/action.h" of a higher storey; plans/tree may include base',
                         {"plans/tree/up.cpp": '#include "plans/model/action.h"\n'})
        self.assert_only('compiler/lower/up.cpp:1: includes "compiler/compile.h" of a higher storey; '
                         "compiler/lower may include dockerfile ports sources matrix stages",
                         {"compiler/compile.h": "", "compiler/lower/up.cpp": '#include "compiler/compile.h"\n'})

    def test_room_includes_its_neighbour(self):
        self.assert_only('runtime/http/x.cpp:1: includes "runtime/store/store.h" of the same storey; '
                         f'runtime/http may include {law.STOREYS["runtime"][0]}',
                         {"runtime/store/store.h": "", "runtime/http/x.cpp": '#include "runtime/store/store.h"\n'})

    def test_room_without_a_storey(self):
        self.assert_only("runtime/attic: has no storey: enter it among STOREYS in tests/law/law.py, above all rooms that it includes",
                         {"runtime/attic/box.h": '#include "runtime/sys/fd.h"\n'})

    def test_cycle_of_files(self):
        found = self.violations(**{"runtime/sys/a.h": '#include "runtime/sys/b.h"\n', "runtime/sys/b.h": '#include "runtime/sys/a.h"\n'})
        self.assertEqual(found, ["runtime/sys/b.h: files include each other in a circle: runtime/sys/a.h -> runtime/sys/b.h -> runtime/sys/a.h"])

    def test_foreign_header_outside_its_wrapper(self):
        self.assert_only("runtime/exec/x.cpp:1: <fmt/core.h> belongs behind plans/base/format.h alone",
                         {"runtime/exec/x.cpp": "#include <fmt/core.h>\n"})

    def test_pure_floors_include_no_system_header(self):
        for header in ("unistd.h", "sys/stat.h", "fcntl.h", "filesystem", "fstream", "thread", "ctime", "iostream"):
            with self.subTest(header):
                self.assert_only(f"compiler/lower/x.cpp:1: compiler/ is pure, but includes <{header}>; ask for it through a port",
                                 {"compiler/lower/x.cpp": f"#include <{header}>\n"})

    def test_pure_floors_use_no_clock_and_no_environment(self):
        for text, word in (("auto t = std::chrono::steady_clock::now();", "steady_clock::"), ('std::getenv("HOME");', "getenv("),
                           ("std::cerr << 1;", "std::cerr")):
            with self.subTest(word):
                self.assert_only(f"plans/base/x.cpp:1: plans/ is pure, but uses {word}; ask for it through a port",
                                 {"plans/base/x.cpp": text + "\n"})

    def test_runtime_is_given_time_and_environment(self):
        for text, word in (("auto t = std::chrono::system_clock::now();", "system_clock"), ('::getenv("HOME");', "getenv("),
                           ("std::time(nullptr)", "time(nullptr)"), ("::clock_gettime(CLOCK_REALTIME, &now);", "clock_gettime("),
                           ("extern char** environ;", "environ")):
            with self.subTest(word):
                self.assert_only(f"runtime/exec/x.cpp:1: runtime/ is given time and environment, but uses {word}; "
                                 "ask a port (runtime/sys/wall_clock.h), or be given it", {"runtime/exec/x.cpp": text + "\n"})

    def test_runtime_may_measure_and_has_doors_to_the_host(self):
        self.assertEqual(self.violations(**{
            "runtime/exec/x.cpp": "auto t = std::chrono::steady_clock::now(); // not system_clock\nreport.time(5);\n",
            "runtime/sys/wall_clock.cpp": "std::chrono::system_clock::now();\n"}), [])

    def test_stranger_at_the_top(self):
        self.assertIn("scripts: does not belong to the top level", self.violations(**{"scripts/x": ""})[0])

    def test_threads_are_started_in_one_place(self):
        for text, word in (("std::thread other([] {});", "std::thread"), ("std::vector<std::jthread> all;", "std::jthread"),
                           ("auto answer = std::async(work);", "std::async"), ("pthread_create(&id, 0, run, 0);", "pthread_create")):
            with self.subTest(word):
                self.assert_only(f"runtime/exec/x.cpp:1: {word}: threads are started by runtime/sys/thread.h alone",
                                 {"runtime/exec/x.cpp": text + "\n"})
        self.assertEqual(self.violations(**{"runtime/sys/thread.h": "std::thread thread_;\n",
                                            "runtime/exec/x.cpp": "std::this_thread::yield();  // no std::thread\n",
                                            "tests/unit/b_test.cpp": "std::thread other([] {});\n"}), [])

    def test_locks_stand_before_what_they_guard(self):
        for text in ("mutable std::mutex mutex_;", "std::shared_mutex models;  // guards the models", "static std::recursive_mutex one{};"):
            with self.subTest(text):
                self.assert_only("runtime/exec/x.h:2: a lock without its value: use runtime/sys/guarded.h, or say `// guards no value` and what else",
                                 {"runtime/exec/x.h": "#pragma once\n" + text + "\n"})
        self.assertEqual(self.violations(**{"runtime/sys/guarded.h": "#pragma once\nmutable std::mutex mutex_;\n",
                                            "runtime/exec/x.h": "#pragma once\nstd::mutex turn_;  // guards no value, but the processor\n"
                                                                "Lock(std::mutex& mutex);  // std::mutex other;\n",
                                            "tests/unit/b_test.cpp": "std::mutex mutex;\n"}), [])

    def test_unfinished_work(self):
        self.assert_only("runtime/exec/x.cpp:1: TODO: finish it, or write it down as an issue",
                         {"runtime/exec/x.cpp": "// TO" + "DO later\n"})

    def test_long_files_are_named_only(self):
        self.assertEqual(self.violations(**{"runtime/exec/x.cpp": "\n" * 401}), [])
        self.assertEqual(self.law.notes, ["runtime/exec/x.cpp: 401 lines, look again at more than 400"])


if __name__ == "__main__":
    unittest.main()
