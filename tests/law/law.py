#!/usr/bin/env python3
"""Checks the law of the house on a source tree: who may include whom, and what the pure floors may touch.

usage: law.py [ROOT]

Prints one line a violation, `file:line: what was found, what was expected`, and exits with 1 if there is any. Long files are
only named. Reads text, compiles nothing.
"""
import pathlib
import re
import sys

# What each floor may include, beside itself.
BELOW = {"plans": set(), "compiler": {"plans"}, "runtime": {"plans"}, "tools": {"compiler", "runtime", "plans"},
         "tests": {"compiler", "runtime", "plans", "tools"}}

# The rooms of each floor from the ground up: a room may include rooms of lower storeys alone. A new room is entered here.
STOREYS = {
    "plans": ["base", "oci tree", "model", "codec"],
    "compiler": ["dockerfile ports sources", "matrix stages", "lower", "dump lint", ""],
    "runtime": ["log sys", "context events grants http layer network sched store", "registry sandbox snapshot sources",
                "accounts devices freshness image", "layers", "copy step", "exec", "output", ""],
}

TOP_LEVEL = {"meson.build", "compiler", "runtime", "plans", "tests", "tools", "README.md", "LICENSE"}
NOT_SOURCES = re.compile(r"build[^/]*|subprojects|dist")  # what .gitignore keeps out of the top level

# Every library of others has one door: start of the header's name -> the files that may include it.
WRAPPERS = {
    "CLI/": ["tools/mabplan/command_parser.h"],
    "archive": ["runtime/layer/tar_reader.cpp", "runtime/layer/archive_stream.cpp", "tests/fuzz/tar_fuzz.cpp"],
    "benchmark/": ["tests/"],
    "curl/": ["runtime/http/curl_library.h"],
    "doctest/": ["tests/"],
    "fmt/": ["plans/base/format.h"],
    "isa-l": ["runtime/layer/gzip_isal.cpp"],
    "libdeflate.h": ["runtime/layer/gzip_libdeflate.cpp"],
    "nlohmann/": ["plans/base/json.h"],
    "openssl/": ["plans/base/sha1.cpp", "plans/base/sha256.cpp"],
    "seccomp.h": ["runtime/sandbox/seccomp_filter.cpp"],
    "sqlite3.h": ["runtime/store/database.cpp", "runtime/store/page_sums.cpp", "tests/unit/runtime/store/page_sums_test.cpp"],
    "tl/": ["plans/base/result.h"],
    "xxhash.h": ["runtime/sys/xxh3.cpp"],
    "yaml-cpp/": ["compiler/matrix/yaml_document.cpp"],
    "zlib.h": ["runtime/layer/gzip_zlib.cpp"],
    "zstd": ["runtime/layer/zstd_codec.cpp"],
}

# plans/ and compiler/ know no system, no clock, no environment, no files and no threads.
PURE = ("plans", "compiler")
IMPURE_HEADER = re.compile(
    r"(sys|linux|asm|netinet|arpa|net)/.*|(unistd|fcntl|dirent|signal|spawn|poll|pwd|grp|sched|pthread|time|errno|stdio|stdlib|dlfcn|netdb|termios|"
    r"syslog|mntent|ftw|glob|getopt)\.h|c(signal|time|errno|stdio)|filesystem|fstream|iostream|thread|mutex|shared_mutex|"
    r"condition_variable|future|stop_token|semaphore|barrier|latch|random")
IMPURE_WORD = re.compile(r"\b(\w+_clock\s*::|(?:secure_)?getenv\s*\(|std::(?:cout|cerr|clog|cin)\b|std::system\s*\(|random_device\b)")

# A test that fails once in a hundred runs.
QUIET_GREP_IN_A_PIPE = re.compile(r"(?<!\|)\|\s*[ef]?grep\s+(-\w+\s+)*(-\w*q|--quiet)")

# Threads are started in one place, which knows what to do when there are none and when something is thrown. Tests start their own.
THREAD_STARTER = ("runtime/sys/thread.h", "runtime/sys/thread.cpp")
THREAD_WORD = re.compile(r"\b(std::j?thread|std::async|pthread_create|thrd_create)\b")

# What a lock guards is behind it (Guarded), so that nobody forgets to take it. A lock that guards no value says on its line what else.
MUTEX = re.compile(r"\bstd::(?:shared_|recursive_|timed_)*mutex\s+\w+\s*[;{=]")
GUARDED = "runtime/sys/guarded.h"
GUARDS_NO_VALUE = "// guards no value"

# The environment and the time of day are read in tools/, and given to runtime/ as values and as ports. Steady clocks, which only measure and
# wait, are free to all of runtime/.
IMPURE_IN_RUNTIME = re.compile(
    r"\b(system_clock\b|time\s*\(\s*(?:nullptr|NULL|0)\s*\)|clock_gettime\s*\(|gettimeofday\s*\(|(?:secure_)?getenv\s*\(|environ\b)")
MAY_READ_THE_HOST = {
    "runtime/sys/wall_clock.cpp": "the host's clock behind the port that all others ask",
    "runtime/sys/file_clock.cpp": "what is compared with the times of files must be told by the clock that dates them",
    "runtime/http/http_client.cpp": "servers say by date when they want to be asked again (Retry-After, RFC 9110)",
}

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
LONG = 400

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)')


def below(room):
    """The rooms of its floor that a room may include, in words."""
    floor, _, name = room.partition("/")
    rows = STOREYS[floor]
    storey = next(number for number, row in enumerate(rows) if name in row.split(" "))
    return " ".join(rows[:storey]) or "no other room of its floor"


class Law:
    def __init__(self, root):
        self.root = root
        self.violations = []
        self.notes = []
        self.edges = {}  # file -> {included file: line}

    def fail(self, place, message):
        self.violations.append(f"{place}: {message}")

    def check(self):
        self.check_top_level()
        for file in self.source_files():
            self.check_file(file)
        for path in sorted((self.root / "tests").rglob("*.sh")):
            self.check_script(path)
        self.check_cycles("files", {file: set(targets) for file, targets in self.edges.items()})
        self.check_storeys()
        self.check_cycles("rooms", self.room_edges())
        return self.violations

    def source_files(self):
        files = []
        for floor in BELOW:
            for suffix in ("h", "cpp"):
                files += (path.relative_to(self.root).as_posix() for path in (self.root / floor).rglob("*." + suffix))
        return sorted(files)

    def check_top_level(self):
        for path in sorted(self.root.iterdir()):
            if not path.name.startswith(".") and path.name not in TOP_LEVEL and not NOT_SOURCES.fullmatch(path.name):
                self.fail(path.name, f"does not belong to the top level, which holds {', '.join(sorted(TOP_LEVEL))}")

    def check_file(self, file):
        floor = file.split("/")[0]
        self.edges[file] = {}
        lines = (self.root / file).read_text().splitlines()
        if len(lines) > LONG:
            self.notes.append(f"{file}: {len(lines)} lines, look again at more than {LONG}")
        for number, line in enumerate(lines, 1):
            place = f"{file}:{number}"
            include = INCLUDE.match(line)
            if include and include[1]:
                self.check_own_include(place, file, floor, number, include[1])
            elif include:
                self.check_foreign_include(place, file, floor, include[2])
            elif floor in PURE and (word := IMPURE_WORD.search(line.split("//")[0])):
                self.fail(place, f"{floor}/ is pure, but uses {word[1]}; ask for it through a port")
            elif floor == "runtime" and file not in MAY_READ_THE_HOST and (word := IMPURE_IN_RUNTIME.search(line.split("//")[0])):
                self.fail(place, f"runtime/ is given time and environment, but uses {word[1]}; ask a port (runtime/sys/wall_clock.h), or be given it")
            if floor != "tests" and file not in THREAD_STARTER and (word := THREAD_WORD.search(line.split("//")[0])):
                self.fail(place, f"{word[1]}: threads are started by runtime/sys/thread.h alone")
            if floor != "tests" and file != GUARDED and MUTEX.search(line.split("//")[0]) and GUARDS_NO_VALUE not in line:
                self.fail(place, f"a lock without its value: use {GUARDED}, or say `{GUARDS_NO_VALUE}` and what else")
            if unfinished := UNFINISHED.search(line):
                self.fail(place, f"{unfinished[1]}: finish it, or write it down as an issue")

    def check_script(self, path):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if QUIET_GREP_IN_A_PIPE.search(line):
                self.fail(f"{path.relative_to(self.root).as_posix()}:{number}",
                          "grep -q ends at its first match, and what writes to it may die of that, which fails the pipe: use grep -q … <(…)")

    def check_own_include(self, place, file, floor, number, target):
        if not (self.root / target).is_file():
            self.fail(place, f'"{target}" is no file below the root; includes name the path from the root, and foreign headers stand in <>')
            return
        self.edges[file][target] = number
        other = target.split("/")[0]
        if other != floor and other not in BELOW[floor]:
            below = ", ".join(sorted(BELOW[floor])) or "nothing but itself"
            self.fail(place, f'{floor}/ includes "{target}"; it may include {below}')

    def check_foreign_include(self, place, file, floor, header):
        if floor in PURE and IMPURE_HEADER.fullmatch(header):
            self.fail(place, f"{floor}/ is pure, but includes <{header}>; ask for it through a port")
        for start, wrappers in WRAPPERS.items():
            if header.startswith(start) and not any(file == w or w.endswith("/") and file.startswith(w) for w in wrappers):
                self.fail(place, f"<{header}> belongs behind {wrappers[0]} alone")

    def check_storeys(self):
        storeys = {f"{floor}/{room}".rstrip("/"): number for floor, rows in STOREYS.items() for number, row in enumerate(rows)
                   for room in row.split(" ")}
        for room in sorted({file.rpartition("/")[0] for file in self.edges} - storeys.keys()):
            if room.split("/")[0] in STOREYS:
                self.fail(room, "has no storey: enter it among STOREYS in tests/law/law.py, above all rooms that it includes")
        for file, targets in self.edges.items():
            room = file.rpartition("/")[0]
            for target, number in targets.items():
                other = target.rpartition("/")[0]
                same_floor = other.split("/")[0] == room.split("/")[0] and other != room
                if same_floor and room in storeys and other in storeys and storeys[other] >= storeys[room]:
                    where = "the same storey" if storeys[other] == storeys[room] else "a higher storey"
                    self.fail(f"{file}:{number}", f'includes "{target}" of {where}; {room} may include {below(room)}')

    def room_edges(self):
        rooms = {}
        for file, targets in self.edges.items():
            room = file.rpartition("/")[0]
            rooms.setdefault(room, set()).update(t.rpartition("/")[0] for t in targets if t.rpartition("/")[0] != room)
        return rooms

    def check_cycles(self, what, edges):
        """Depth first; every edge back into the path that is being walked closes a cycle."""
        done = set()
        path = []

        def walk(node):
            path.append(node)
            for target in sorted(edges.get(node, ())):
                if target in path:
                    self.fail(node, f"{what} include each other in a circle: {' -> '.join(path[path.index(target):] + [target])}")
                elif target not in done:
                    walk(target)
            done.add(path.pop())

        for node in sorted(edges):
            if node not in done:
                walk(node)


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2])
    law = Law(root)
    violations = law.check()
    for line in law.notes:
        print("note:", line)
    for line in violations:
        print(line)
    if violations:
        sys.exit(f"{len(violations)} violations of the law of the house")
    print(f"{len(law.edges)} files obey the law")


if __name__ == "__main__":
    main()
