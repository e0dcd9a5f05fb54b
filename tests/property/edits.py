"""What a developer does between two builds, at random, and the build after it. Each edit says in the history what it is."""
from project import MAIN

WHENS = ("now", "now", "past", "future", "kept")


def choose_number_path(sequence):
    return sequence.randomness.choice([path for path in sorted(sequence.project.numbers)])


def change(sequence):
    path = choose_number_path(sequence)
    sequence.project.numbers[path] = sequence.project.number(sequence.randomness)
    return f"changes {path}"


def change_header(sequence):
    path = sequence.randomness.choice(sequence.project.headers())
    sequence.project.numbers[path] = sequence.project.number(sequence.randomness)
    return f"changes {path}"


def revert(sequence):
    earlier = [project for project in sequence.tree.earlier if not project.broken]
    if not earlier:
        return change(sequence)
    at = sequence.randomness.randrange(len(earlier))
    next_name = sequence.project.next_name
    sequence.tree.project = earlier[at].copy()
    sequence.project.next_name = next_name
    return f"goes back to what was built as {at + 1}."


def add(sequence):
    return f"adds {sequence.project.add_source(sequence.randomness, sequence.randomness.choice(('lib', 'app')))}"


def removable(sequence):
    """Sources that may go: main stays, and one of each folder."""
    sources = sequence.project.sources()
    return [path for path in sources if path != MAIN and (path.startswith("app/") or sum(other.startswith("lib/") for other in sources) > 1)]


def remove(sequence):
    paths = removable(sequence)
    if not paths:
        return add(sequence)
    path = sequence.randomness.choice(paths)
    del sequence.project.numbers[path], sequence.project.includes[path]
    return f"removes {path}"


def rename(sequence):
    paths = removable(sequence)
    if not paths:
        return add(sequence)
    path, project = sequence.randomness.choice(paths), sequence.project
    new = f"{path[:5]}{project.next_name}.c"
    project.next_name += 1
    project.numbers[new], project.includes[new] = project.numbers.pop(path), project.includes.pop(path)
    return f"renames {path} to {new}"


def include_other(sequence):
    project = sequence.project
    path = sequence.randomness.choice(project.sources())
    project.includes[path] = tuple(header for header in ("h0", "h1", "version", "gen", "config") if sequence.randomness.random() < 0.5)
    if path == MAIN:
        project.includes[path] += () if "config" in project.includes[path] else ("config",)
    return f"{path} includes {' '.join(project.includes[path]) or 'nothing'}"


def change_symlink(sequence):
    sequence.project.link = "v2" if sequence.project.link == "v1" else "v1"
    return f"include/current leads to {sequence.project.link}"


def swap(sequence):
    project = sequence.project
    one, other = sequence.randomness.sample(sorted(path for path in project.numbers if path != MAIN), 2)
    project.numbers[one], project.numbers[other] = project.numbers[other], project.numbers[one]
    return f"swaps what is in {one} and {other}"


def change_variant(sequence):
    sequence.project.variant = sequence.randomness.randint(1, 9)
    return f"VARIANT is {sequence.project.variant}"


def comment(sequence):
    sequence.recipe.comment += 1
    return "another comment in the Dockerfile"


def insert_step(sequence):
    sequence.recipe.before += 1
    return "a step more before the sources"


def change_environment(sequence):
    sequence.recipe.environment += 1
    return "another value of a variable that no command reads"


def touch_step(sequence):
    recipe = sequence.recipe
    recipe.touched = "" if recipe.touched else sequence.randomness.choice(sequence.project.sources())
    return f"a step of its own touches {recipe.touched}" if recipe.touched else "no step of its own touches anything"


def toggle_epoch(sequence):
    sequence.epoch = not sequence.epoch
    return f"SOURCE_DATE_EPOCH is {'given' if sequence.epoch else 'not given'}"


def switch_context(sequence):
    if len(sequence.trees) == 1:
        return change(sequence)
    sequence.at = 1 - sequence.at
    return f"from now on context {sequence.at}"


def touch(sequence):
    if not sequence.tree.context.paths():
        return change(sequence)  # this context was not built yet
    path, when = sequence.randomness.choice(sequence.tree.context.paths()), sequence.randomness.choice(WHENS)
    sequence.tree.context.touch(path, when)
    return f"touches {path}: {when}"


def clone(sequence):
    sequence.tree.context.clone()
    return "a fresh clone"


EDITS = (change, change, change, change_header, change_header, revert, revert, add, remove, rename, include_other, change_symlink, swap, change_variant,
         comment, insert_step, change_environment, touch_step, toggle_epoch, switch_context, switch_context, touch, clone)


C_ONLY = (add, remove, rename, include_other, change_symlink)


def edit(sequence):
    names = []
    known = [edit for edit in EDITS if sequence.kind != "cargo" or edit not in C_ONLY]
    for _ in range(sequence.randomness.choice((1, 1, 1, 2, 3))):
        names.append(sequence.randomness.choice(known)(sequence))
    if sequence.recipe.touched not in sequence.project.sources():
        sequence.recipe.touched = ""
    return "; ".join(names)


def build_edited(sequence):
    when = sequence.randomness.choice(WHENS)
    sequence.note(f"{edit(sequence)} ({when})")
    sequence.build(when)


def break_and_mend(sequence):
    path = sequence.randomness.choice(sequence.project.sources())
    text = edit(sequence)
    path = path if path in sequence.project.sources() else sequence.project.sources()[0]
    sequence.project.broken = path
    sequence.note(f"{text}; a syntax error in {path}")
    sequence.build()
    sequence.project.broken = None
    sequence.note("mended")
    sequence.build(sequence.randomness.choice(WHENS))


def kill_and_repeat(sequence):
    sequence.note(edit(sequence))
    sequence.kill()
    if sequence.randomness.random() < 0.3:
        sequence.note(edit(sequence))
    sequence.note("once more")
    sequence.build()


def change_nothing(sequence):
    sequence.note("nothing")
    sequence.build_unchanged()


def import_caches(sequence):
    if not sequence.own_store or not sequence.shape.cached:
        return build_edited(sequence)
    text = edit(sequence) if sequence.randomness.random() < 0.6 else "nothing"
    sequence.note(f"a new store with {'earlier caches' if sequence.saved else 'the caches'} of the old one; {text}")
    sequence.import_caches()
    return sequence.build()


def save_caches(sequence):
    if sequence.own_store and sequence.shape.cached:
        sequence.note("the caches are saved")
        sequence.save_caches()
    build_edited(sequence)


def build_without_cache(sequence):
    sequence.note(f"{edit(sequence)}; --no-cache")
    for objects in sequence.objects.values():
        objects.clear()
    sequence.build("now", "--no-cache")


WAYS = ((build_edited, 12), (break_and_mend, 2), (kill_and_repeat, 2), (change_nothing, 1), (import_caches, 2), (save_caches, 1), (build_without_cache, 1))


def edit_and_build(sequence):
    way = sequence.randomness.choices([way for way, _ in WAYS], [weight for _, weight in WAYS])[0]
    way(sequence)
