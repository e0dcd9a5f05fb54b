"""Cases in which ours is right: lines NAME<TAB>why. An entry that is out of date is a failure."""


def read_tolerated(file):
    reasons = {}
    for number, line in enumerate(file.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition("\t")
        if not reason.strip():
            raise SystemExit(f"{file}:{number}: {name} has no reason behind a tab")
        if name in reasons:
            raise SystemExit(f"{file}:{number}: {name} is named twice")
        reasons[name] = reason.strip()
    return reasons
