# Sourced after e2e.sh by tests of what is shown on a terminal. Knows terminal_run.py, and how a step waits for the test.
/usr/bin/python3 -c 'import pyte' 2>/dev/null || skip "python3-pyte is not installed"
unset NO_COLOR CLICOLOR CLICOLOR_FORCE FORCE_COLOR MABPLAN_PROGRESS BUILDKIT_PROGRESS TMUX VTE_VERSION
export TERM=xterm-256color

# on_terminal SIZE [STEP]… -- COMMAND…: in a terminal of COLUMNSxROWS, taking steps; ends as the command does. Files: terminal_run.py says.
on_terminal() { /usr/bin/python3 "$support/terminal_run.py" "$@"; }
# build_flags: an image of ./context for one platform that this machine runs itself, or of those named, into ./out.
build_flags() { printf '%s\n' --platform "${1-linux/amd64}" --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false; }

# A command of a Dockerfile that waits until the test opens NAME: RUN $gate … && $(until_open NAME)
gate=--mount=type=cache,id=gate,target=/gate
until_open() { echo "while [ ! -e /gate/$1 ]; do sleep 0.05; done"; }
# open_command NAME: what opens it, for a step of on_terminal.
open_command() {
    echo "until ls -d '$MABPLAN_CACHE_DIR'/cache-mounts/*/*/fs >/dev/null 2>&1; do sleep 0.05; done; for folder in '$MABPLAN_CACHE_DIR'/cache-mounts/*/*/fs; do touch \"\$folder/$1\"; done"
}

assert_matches() { grep -qE -- "$2" "$1" || { cat "$1" >&2; fail "no line of $1 matches $2"; }; }
assert_no_match() { ! grep -qE -- "$2" "$1" || { cat "$1" >&2; fail "a line of $1 matches $2"; }; }
# The terminal is as it was before: nothing hidden, nothing left to do.
assert_clean_terminal() {
    assert_says facts "column 0"
    assert_says facts "cursor shown"
    assert_says facts "lines wrap"
    grep -qx 'title ' facts || { cat facts >&2; fail "somebody set the title"; }
}
