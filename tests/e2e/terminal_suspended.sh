#!/usr/bin/env bash
# Suspended by Ctrl-Z and brought back: the region begins anew below what the shell wrote meanwhile, and takes none of it away.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<END
FROM busybox
RUN $gate echo before; $(until_open more); echo after; $(until_open go)
END
mapfile -t flags < <(build_flags)
printf '%q ' "$MABPLAN" build "${flags[@]}" context >build.sh
on_terminal 100x30 'wait=ready' 'key=. ./build.sh^M' 'wait=\| before' 'key=^Z' 'wait=Stopped' 'key=echo from the shell^M' 'wait=^from the shell' \
    'key=fg^M' "run=$(open_command more)" 'wait=\| after' save=during "run=$(open_command go)" 'wait=^1 executed' 'key=exit^M' \
    -- env PS1='ready ' bash --norc --noprofile -i
assert_eq "Stopped,from the shell,after" "$(grep -oE 'Stopped|^from the shell|\| after' during | sed 's/^| //' | paste -sd ,)" "the order of lines"
assert_eq 2 "$(grep -cE '^[0-9.]+s 0/1 done$' during)" "regions: the one that was left and the new one"
assert_matches history '^from the shell$'
assert_no_match history '\| after'
