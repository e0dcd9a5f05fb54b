"""A small C project at random: sources, headers that include each other, a generated header, a header behind a symlink, an archive and a
program. What the program prints, and what its objects depend on, follows from the model alone, without building it. Knows no Dockerfile.

    app/main.c       prints one line for each function of the others
    app/*.c lib/*.c  one function each, the number in it plus those of the headers that it includes
    include/*.h      h0.h may include h1.h and so on; current is a symlink to v1 or v2, which have a version.h each
    gen/values.txt   what gen.h is made of; config.h is made of $VARIANT and $TARGETARCH
"""
import copy
import re

GENERATED = ("gen", "config")
MAIN = "app/main.c"
SYMLINK = "include/current"
VALUES = "gen/values.txt"


def header_path(header, link):
    """The file that `header` is in; of generated ones what they are made of."""
    return {"gen": VALUES, "version": f"include/{link}/version.h"}.get(header, f"include/{header}.h")


def function_name(path):
    return re.sub(r"[/.]", "_", path.removesuffix(".c"))


class Project:
    def __init__(self, randomness):
        self.numbers = {MAIN: 0, VALUES: 1000, "include/v1/version.h": 1001, "include/v2/version.h": 2002}
        self.includes = {MAIN: ("config",)}
        self.link = "v1"
        self.variant = 1
        self.broken = None  # the source with a syntax error
        self.next_name = 0
        headers = [f"h{number}" for number in range(randomness.randint(2, 4))]
        for at, header in enumerate(headers):
            self.numbers[f"include/{header}.h"] = self.number(randomness)
            self.includes[f"include/{header}.h"] = tuple(h for h in headers[at + 1:] if randomness.random() < 0.5)
        for folder, least, most in (("lib", 1, 4), ("app", 1, 3)):
            for _ in range(randomness.randint(least, most)):
                self.add_source(randomness, folder)

    @staticmethod
    def number(randomness):
        return randomness.randint(1000, 9999)  # the same size, always

    def copy(self):
        return copy.deepcopy(self)

    def sources(self):
        return sorted(path for path in self.numbers if path.endswith(".c"))

    def headers(self):
        return sorted(path for path in self.numbers if re.fullmatch(r"include/h\d+\.h", path))

    def add_source(self, randomness, folder):
        path = f"{folder}/{folder[0]}{self.next_name}.c"
        self.next_name += 1
        known = [path.removeprefix("include/").removesuffix(".h") for path in self.headers()] + ["version", "gen", "config"]
        self.numbers[path] = self.number(randomness)
        self.includes[path] = tuple(header for header in known if randomness.random() < 0.4)
        return path

    # What is compiled by itself, under the name that the log has for it.

    def units(self):
        return self.sources()

    def unit_of(self, path):
        return path

    def made_anew_by(self, path):
        """The units that are made again where the time of a source changes."""
        return {path}

    # What it means.

    def value_of_header(self, header):
        if header == "config":
            return self.variant
        return self.value(header_path(header, self.link))

    def value(self, path):
        return self.numbers[path] + sum(map(self.value_of_header, self.includes.get(path, ())))

    def output(self, arch):
        """What the program prints."""
        lines = [f"for {arch} {self.value(MAIN)}"]
        return "\n".join(lines + [f"{function_name(path)} {self.value(path)}" for path in self.sources() if path != MAIN]) + "\n"

    def signature(self, source, arch):
        """Equal exactly if the object is the same."""
        files, seen, left = self.files(), {}, [source]
        while left:
            path = left.pop()
            if path in seen:
                continue
            seen[path] = files.get(path, f"{self.variant} {arch}")
            left += [header if header == "config" else header_path(header, self.link) for header in self.includes.get(path, ())]
        return (source, self.link if any("version.h" in path for path in seen) else "", tuple(sorted(seen.items())))

    # As files: path to text, or to ("link", target).

    def files(self):
        found = {path: self.text(path) for path in self.numbers}
        found[SYMLINK] = ("link", self.link)
        return found

    def text(self, path):
        if path == VALUES:
            return f"{self.numbers[path]}\n"
        return self.source_text(path) if path.endswith(".c") else self.header_text(path)

    def include_lines(self, path):
        names = {"version": "current/version.h"}
        return "".join(f'#include "{names.get(header, header + ".h")}"\n' for header in self.includes.get(path, ()))

    def header_text(self, path):
        name = path.split("/")[-1].removesuffix(".h")
        terms = " + ".join([str(self.numbers[path])] + [f"V_{header}" for header in self.includes.get(path, ())])
        return f"#ifndef I_{name}\n#define I_{name}\n{self.include_lines(path)}#define V_{name} ({terms})\n#endif\n"

    def source_text(self, path):
        terms = " + ".join([str(self.numbers[path])] + [f"V_{header}" for header in self.includes[path]])
        text = self.include_lines(path) + ("this is no C\n" if path == self.broken else "")
        if path != MAIN:
            return f"{text}int {function_name(path)}(void) {{ return {terms}; }}\n"
        names = [function_name(other) for other in self.sources() if other != MAIN]
        text += "int printf(const char *, ...);\n" + "".join(f"int {name}(void);\n" for name in names)
        text += f'int main(void) {{\n    printf("for %s %d\\n", ARCH, {terms});\n'
        text += "".join(f'    printf("{name} %d\\n", {name}());\n' for name in names)
        return text + "    return 0;\n}\n"
