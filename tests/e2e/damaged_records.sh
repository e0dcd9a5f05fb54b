#!/usr/bin/env bash
# What the store knows survives a changed bit, and is said to have; what was written without sums is read on.
. "$(dirname "$0")/../support/e2e.sh"

records=store/records.sqlite
flip() { # PLACE: one bit of the records
    python3 - "$1" <<'END'
import sys
with open("store/records.sqlite", "r+b") as file:
    file.seek(int(sys.argv[1]))
    byte = file.read(1)[0]
    file.seek(int(sys.argv[1]))
    file.write(bytes([byte ^ 16]))
END
}

dockerfile <<'END'
FROM busybox
COPY file /file
RUN echo made > /made
END
echo text >context/file
build out -t app:1
exits 0 "$MABPLAN" cache verify

# A bit of each page in turn: verify finds it, and without --repair changes nothing.
pages=$(($(stat -c %s "$records") / 4096))
found=0
for ((page = 1; page < pages; page++)); do
    flip $((page * 4096 + 4000))
    sum=$(sha256sum "$records")
    status=0
    "$MABPLAN" cache verify >log 2>&1 || status=$?
    if grep -q '^warning: cannot .* the records of the store: ' log; then # what names the tables: no store is opened without it
        assert_eq 0 "$status"
        continue
    fi
    assert_eq "$sum" "$(sha256sum "$records")" "verify changed something"
    if [ "$status" = 0 ]; then
        flip $((page * 4096 + 4000)) # nothing stands in that page
        continue
    fi
    assert_eq 5 "$status"
    assert_says log "the records: "
    assert_says log "1 damaged"
    found=$((found + 1))
    exits 0 "$MABPLAN" cache verify --repair
    assert_says log "warning: the records of the store are damaged: "
    assert_says log "(the damaged ones: $work/$records.damaged)"
    exits 0 "$MABPLAN" cache verify
    assert_silent_about log warning
    build out -t app:1
    assert_says log "nothing to do"
done
[ "$found" -gt 5 ] || fail "only $found of $pages pages hold something"

# All of them at once: the build goes on, loses nothing, and says once what happened.
for ((page = 0; page < pages; page++)); do flip $((page * 4096 + 3000)); done
build out -t app:1
assert_says log "nothing to do"
assert_eq 1 "$(grep -c '^warning: cannot .* the records of the store: ' log)"
build out -t app:1
assert_silent_about log warning
exits 0 "$MABPLAN" image ls
assert_says log "app:1"

# More than a bit of a page: what stood there is made again, with the same image, and all else is known.
before=$(image_digest out)
dd if=/dev/urandom of="$records" bs=4096 seek=4 count=3 conv=notrunc status=none
build out -t app:1
assert_eq "$before" "$(image_digest out)"
build out -t app:1
assert_says log "nothing to do"
exits 0 "$MABPLAN" cache verify

# A store of before there were sums is used as it is, and never taken for a damaged one.
python3 - <<'END'
import os
import sqlite3

new = sqlite3.connect("store/records.sqlite")
old = sqlite3.connect("store/old")
old.executescript("\n".join(new.iterdump()))
old.execute("UPDATE meta SET value=6 WHERE name='version'")
old.execute("DROP TABLE sizes")
old.execute("UPDATE meta SET value=5 WHERE name='version'")
old.commit()
old.close()
new.close()
os.rename("store/old", "store/records.sqlite")
END
rm -f "$records.damaged"
build out -t app:1
assert_says log "nothing to do"
assert_silent_about log warning
echo other >context/file
build out -t app:1
build out -t app:1
assert_says log "nothing to do"
exits 0 "$MABPLAN" cache verify --repair
assert_silent_about log warning
[ ! -e "$records.damaged" ] || fail "an older store was taken for a damaged one"
assert_eq 6 "$(python3 -c 'import sqlite3; print(sqlite3.connect("store/records.sqlite").execute("SELECT value FROM meta").fetchone()[0])')"

# Without sums damage is found where it makes no sense: then, too, a build goes on.
cp "$records" legacy
pages=$(($(stat -c %s legacy) / 4096))
for ((page = 0; page < pages; page++)); do
    rm -f "$records"*
    cp legacy "$records"
    dd if=/dev/zero of="$records" bs=1 seek=$((page * 4096 + 3700)) count=300 conv=notrunc status=none
    build out -t app:1
    build out -t app:1
    assert_says log "nothing to do"
    exits 0 "$MABPLAN" cache verify --repair
done
