"""A small Rust project at random: a program with modules, and a crate beside it that it uses. Offers what project.Project offers; its units are crates.

    src/main.rs      prints a line for itself and one for each module
    src/m*.rs        modules, one function each; util/src/lib.rs the same as a crate
"""
from project import Project

MAIN, UTIL = "src/main.rs", "util/src/lib.rs"
MANIFEST = '[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2021"\n'
LOCK = ('version = 3\n\n[[package]]\nname = "app"\nversion = "0.1.0"\ndependencies = [\n "util",\n]\n\n'
        '[[package]]\nname = "util"\nversion = "0.1.0"\n')
BUILD_FILE = MANIFEST.format(name="app") + '[dependencies]\nutil = { path = "util" }\n[profile.dev]\ndebug = false\n'


class CargoProject(Project):
    def __init__(self, randomness):  # none of the C project is made
        self.numbers = {MAIN: 0, UTIL: self.number(randomness)}
        self.numbers |= {f"src/m{at}.rs": self.number(randomness) for at in range(randomness.randint(1, 3))}
        self.variant, self.broken, self.next_name = 1, None, 0

    def sources(self):
        return sorted(self.numbers)

    def headers(self):
        return [UTIL]

    def modules(self):
        return sorted(path for path in self.numbers if path not in (MAIN, UTIL))

    def units(self):
        return ["app", "util"]

    def unit_of(self, path):
        return "util" if path == UTIL else "app"

    def made_anew_by(self, path):
        return {"app", self.unit_of(path)}

    def value(self, path):
        return self.numbers[path] + (self.variant if path == MAIN else self.numbers[UTIL] if path != UTIL else 0)

    def output(self, arch):
        lines = [f"for {arch} {self.value(MAIN)}"]
        return "\n".join(lines + [f"{path[4:-3]} {self.value(path)}" for path in self.modules()]) + "\n"

    def signature(self, unit, arch):
        util = self.text(UTIL)
        return util if unit == "util" else (util, arch, self.variant, tuple((path, self.text(path)) for path in [MAIN, *self.modules()]))

    def files(self):
        return {path: self.text(path) for path in self.numbers} | {"Cargo.lock": LOCK, "util/Cargo.toml": MANIFEST.format(name="util")}

    def text(self, path):
        text = "this is no Rust\n" if path == self.broken else ""
        if path == UTIL:
            return f"{text}pub fn number() -> i64 {{ {self.numbers[path]} }}\n"
        if path != MAIN:
            return f"{text}pub fn number() -> i64 {{ {self.numbers[path]} + util::number() }}\n"
        names = [module[4:-3] for module in self.modules()]
        text += "".join(f"mod {name};\n" for name in names) + "fn main() {\n"
        text += '    let variant: i64 = option_env!("VARIANT").unwrap_or("1").parse().unwrap();\n'
        text += f'    println!("for {{}} {{}}", option_env!("TARGETARCH").unwrap_or("native"), {self.numbers[path]} + variant);\n'
        return text + "".join(f'    println!("{name} {{}}", {name}::number());\n' for name in names) + "}\n"
