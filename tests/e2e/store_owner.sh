#!/usr/bin/env bash
# A store is its user's alone: one of another user, or open to others, is refused with the line that mends it.
. "$(dirname "$0")/../support/e2e.sh"

printf 'FROM busybox\nRUN echo made > /made\n' >context/Dockerfile
build out
assert_eq 700 "$(stat -c %a store)"

# Open to be read: closed. Open to be written: refused.
chmod 755 store
build out
assert_eq 700 "$(stat -c %a store)"
for mode in 777 770 733; do
    chmod $mode store
    exits 36 "$MABPLAN" build --build-context "busybox=$busybox" context
    assert_says log "others can write to the store"
    assert_says log "chmod 700 $work/store"
    exits 36 "$MABPLAN" cache du
done
sh -c "$(sed -nE 's/.*if nobody else has been there: (chmod 700 [^;]*);.*/\1/p' log)"
build out
assert_says log "nothing to do"

# An empty one that is open, as a mount may be, becomes this user's if it is.
mkdir -m 777 empty
chmod 777 empty
exits 0 "$MABPLAN" cache du --cache-dir empty
assert_eq 700 "$(stat -c %a empty)"

# A folder that holds other things is nobody's store, and stays as it is.
mkdir -m 755 things
touch things/other
exits 36 "$MABPLAN" cache du --cache-dir things
assert_says log "holds other things than a store"
assert_says log "--cache-dir $work/things/mabplan"
assert_eq 755 "$(stat -c %a things)"
exits 0 "$MABPLAN" cache du --cache-dir things/mabplan

# Of another user.
if [ "$(id -u)" -eq 0 ]; then
    mkdir -m 777 foreign
    chmod 777 foreign
    chown 4321 foreign
    exits 36 "$MABPLAN" cache du --cache-dir foreign
    assert_says log "belongs to the user 4321"
    assert_says log "--cache-dir $work/foreign/mabplan"
    exits 0 "$MABPLAN" cache du --cache-dir foreign/mabplan
else
    exits 36 "$MABPLAN" cache du --cache-dir /
    assert_says log "belongs to the user 0"
fi
