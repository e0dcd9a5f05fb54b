#!/usr/bin/env bash
# Ctrl-C on a terminal: the region goes, the error is the last line, the terminal is as it was, no process stays.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

long=8$$  # its own: the same test may run beside this one, as another user
dockerfile <<END
FROM busybox
RUN echo done before
RUN echo waiting; sleep $long
END
mapfile -t flags < <(build_flags)
status=0
on_terminal 80x20 'wait=\| waiting' save=during 'key=^C' -- "$MABPLAN" build "${flags[@]}" context || status=$?
assert_eq 130 "$status" "exit status"
assert_matches during '3/3.* [0-9.]+s$'
assert_matches history '^\[linux/amd64 stage-0 2/3\] RUN echo done before native [0-9.]+s$'
assert_no_match history '^  \| '
assert_no_match history '^[0-9.]+s [0-9]/'
assert_eq "error: interrupted" "$(tail -n 1 history)" "the last line"
assert_clean_terminal
! pgrep -f "^sleep $long\$" >/dev/null || fail "the step still runs"
