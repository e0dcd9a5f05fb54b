#!/usr/bin/env bash
# Which form a run is shown in: by the flag, else our variable, else BuildKit's, else by what standard error is; and colours by what
# others heed, too.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

# Long enough for a region to be drawn.
dockerfile <<'END'
FROM busybox
RUN sleep 0.5; echo said
END
mapfile -t flags < <(build_flags)
again() { rm -rf store out; }
live=$'\033[?7l'
is_live() { grep -qF "$live" raw; }
is_plain() { ! is_live && grep -qE '^  linux/amd64 stage-0 2/2 \| said$' history; }
is_quiet() { [ ! -s raw ]; }

shown() { on_terminal 100x20 -- env "$@" "$MABPLAN" build "${extra[@]}" "${flags[@]}" context; }
extra=()
shown && is_live || fail "no region on a terminal"
again; shown TERM=dumb && is_plain || fail "not plain on a dumb terminal"
again; shown -u TERM && is_plain || fail "not plain on a terminal without a name"
again; shown BUILDKIT_PROGRESS=plain && is_plain || fail "BUILDKIT_PROGRESS is not heeded"
again; shown BUILDKIT_PROGRESS=plain MABPLAN_PROGRESS=quiet && is_quiet || fail "MABPLAN_PROGRESS does not win"
extra=(--progress tty)
again; shown BUILDKIT_PROGRESS=plain MABPLAN_PROGRESS=quiet && is_live || fail "the flag does not win"
again; shown TERM=dumb && is_plain || fail "a region on a dumb terminal"
extra=(--progress plain)
again; shown && is_plain || fail "not plain where asked"
extra=(--progress quiet)
again; shown && is_quiet || { cat -v raw >&2; fail "quiet says something"; }

# Colours, and moves without colours.
colour=$'\033\\[[0-9;]*[1-9][0-9;]*m'
extra=()
again; shown && grep -q "$colour" raw || fail "no colours on a terminal"
for off in NO_COLOR=1 CLICOLOR=0 FORCE_COLOR=0; do
    again; shown "$off" && is_live && ! grep -q "$colour" raw || fail "colours in spite of $off"
done

# To a pipe: lines; asked for a region, too.
for asked in auto tty plain; do
    again
    "$MABPLAN" build --progress "$asked" "${flags[@]}" context 2>&1 | cat >log
    assert_matches log '^\[linux/amd64 stage-0 2/2\] RUN sleep 0.5; echo said$'
    assert_matches log '^  linux/amd64 stage-0 2/2 \| said$'
    assert_matches log '^\[linux/amd64 stage-0 2/2\] RUN sleep 0.5; echo said native [0-9.]+s$'
    assert_silent_about log $'\033'
done
again
CLICOLOR_FORCE=1 "$MABPLAN" build "${flags[@]}" context 2>&1 | cat >log
assert_says log $'\033[32mnative'

# Words that are none.
exits 2 "$MABPLAN" build --progress fancy "${flags[@]}" context
assert_says log fancy
assert_says log rawjson
for name in MABPLAN_PROGRESS BUILDKIT_PROGRESS; do
    exits 2 env "$name=fancy" "$MABPLAN" build "${flags[@]}" context
    assert_says log "$name: there is no progress \"fancy\""
    exits 0 env "$name=fancy" "$MABPLAN" build --progress plain "${flags[@]}" context
done

# rawjson: the events, and nothing else, as lines of JSON on standard error.
again
"$MABPLAN" build --progress rawjson "${flags[@]}" context 2>log
jq -e . log >/dev/null || { cat log >&2; fail "not all lines are JSON"; }
"$MABPLAN" build --progress rawjson --events events "${flags[@]}" context 2>log
assert_eq "$(jq -c 'keys' events | sort -u)" "$(jq -c 'keys' log | sort -u)" "the forms of events"

# What is told of the project before the run comes in the same form: first the schema, and that once.
{ cat context/Dockerfile; echo 'maintainer someone'; } >more && mv more context/Dockerfile
"$MABPLAN" build --progress rawjson "${flags[@]}" context 2>log
jq -e . log >/dev/null || { cat log >&2; fail "a warning before the run is no JSON"; }
assert_eq "$(jq -r "select(.type == \"schema\") | input_line_number" log)" 1 "the lines that say the schema"
grep -q MaintainerDeprecated <(jq -r 'select(.type == "warned") | .text' log) || { cat log >&2; fail "the warning is no event"; }
"$MABPLAN" build --progress quiet "${flags[@]}" context 2>log
assert_says log MaintainerDeprecated
