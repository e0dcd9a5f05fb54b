"""How each build tool is told to make a project: one file in the context, and the command that uses it. All of them compare times, and all
are sound on a developer's machine: also when a source goes, a header goes, or a variable changes.
"""
import cargo_project

MAKEFILE = r"""
.DELETE_ON_ERROR:
lib := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard lib/*.c)))
app := $(patsubst %.c,$(O)/%.o,$(sort $(wildcard app/*.c)))
$(O)/prog: $(app) $(O)/lib.a $(O)/app.list
	link_program $@ $(app) $(O)/lib.a
$(O)/lib.a: $(lib) $(O)/lib.list
	archive_objects $@ $(lib)
$(O)/%.list: FORCE
	@write_changed $@ '$($*)'
$(O)/config.h: FORCE
	@write_config $@
$(O)/gen.h: gen/values.txt
	sed 's/.*/#define V_gen &/' $< >$@.new && mv $@.new $@
$(O)/%.o: %.c | $(O)/gen.h $(O)/config.h
	@compile_object $(O) $*
FORCE:
%.h: ;
-include $(lib:.o=.d) $(app:.o=.d)
"""

NINJA_RULES = """
builddir = $O
rule compile
  command = compile_object $O $name
  depfile = $O/$name.d
  deps = gcc
rule archive
  command = archive_objects $out $in
rule link
  command = link_program $out $in
rule generate
  command = sed 's/.*/#define V_gen &/' $in >$out.new && mv $out.new $out
rule configure
  command = write_config $out
  restat = 1
build always: phony
build $O/config.h: configure always
build $O/gen.h: generate gen/values.txt
"""

# Without a tool of its own: test -nt, which looks at whole seconds here.
SHELL_SCRIPT = r"""
O=$1
fresh() {
    [ -f "$O/$1.o" ] && [ -f "$O/$1.d" ] || return 1
    for used in $(sed 's/^[^:]*://; s/\\$//' "$O/$1.d"); do
        [ -e "$used" ] && [ ! "$used" -nt "$O/$1.o" ] || return 1
    done
}
cp "$O/config.h" "$O/config.before" 2>/dev/null
write_config "$O/config.h"
cmp -s "$O/config.h" "$O/config.before" || rm -f "$O"/*/*.o
if [ ! -f "$O/gen.h" ] || [ gen/values.txt -nt "$O/gen.h" ]; then
    sed 's/.*/#define V_gen &/' gen/values.txt >"$O/gen.h.new" && mv "$O/gen.h.new" "$O/gen.h"
fi
for source in $2; do
    for file in $source/*.c; do
        fresh "${file%.c}" || compile_object "$O" "${file%.c}" || exit 1
    done
done
objects() { for file in $1/*.c; do echo "$O/${file%.c}.o"; done; }
archive_objects "$O/lib.a" $(objects lib)
[ "$2" = lib ] || link_program "$O/prog" $(objects app) "$O/lib.a"
"""


def ninja_file(project, objects):
    lines = [f"O = {objects}", NINJA_RULES]
    names = {folder: [path.removesuffix(".c") for path in project.sources() if path.startswith(folder)] for folder in ("lib", "app")}
    for name in names["lib"] + names["app"]:
        lines.append(f"build $O/{name}.o: compile {name}.c || $O/gen.h $O/config.h\n  name = {name}")
    joined = {folder: " ".join(f"$O/{name}.o" for name in names[folder]) for folder in names}
    lines.append(f"build $O/lib.a: archive {joined['lib']}")
    lines.append(f"build $O/prog: link {joined['app']} $O/lib.a\n")
    return "\n".join(lines)


def text(kind, project, objects):
    if kind == "cargo":
        return cargo_project.BUILD_FILE
    return {"make": MAKEFILE, "shell": SHELL_SCRIPT}.get(kind, "").lstrip() or ninja_file(project, objects)


def command(kind, objects, part):
    """To run in the folder of the sources. `part`: lib or all."""
    if kind == "cargo":
        said = "sed \"s/^ *Compiling \\\\([a-z]*\\\\) .*/compiling $TARGETARCH \\\\1/\""
        return f"(set -o pipefail; cargo build --offline --target-dir {objects}{' -p util' if part == 'lib' else ''} 2>&1 | {said})"
    if kind == "make":
        return f"make O={objects} {objects}/{'lib.a' if part == 'lib' else 'prog'}"
    if kind == "ninja":
        return f"ninja {objects}/{'lib.a' if part == 'lib' else 'prog'}"
    return f"sh build.sh {objects} '{'lib' if part == 'lib' else 'lib app'}'"


def keep_result(kind, objects):
    """What is compared: all that depends on nothing but the sources. cargo's programs depend on how they were compiled before."""
    if kind == "cargo":
        return f"mkdir -p /out && {objects}/debug/app >/out/result"
    return f"mkdir -p /out && cp {objects}/prog /out/ && {objects}/prog >/out/result"


FILE_NAMES = {"make": "Makefile", "ninja": "build.ninja", "shell": "build.sh", "cargo": "Cargo.toml"}
FOLDERS = {"cargo": ("util", "src")}


def file_name(kind):
    return FILE_NAMES[kind]


def copies(kind):
    """The instructions that copy the folders of a project one by one."""
    return "".join(f"COPY {folder} /src/{folder}\n" for folder in FOLDERS.get(kind, ("include", "gen", "lib", "app")))
