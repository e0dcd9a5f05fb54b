#!/usr/bin/env bash
# On a terminal each running step has a line that ticks, with its last output below it; what is done scrolls up and stays; when all is
# done, nothing of the lines below is left.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<END
FROM busybox AS tools
RUN $gate echo one; echo two; printf '10%%\r20%%'; $(until_open tools); echo done
FROM busybox AS app
RUN echo quick
RUN $gate echo working; $(until_open app)
COPY --from=tools /bin/busybox /tool
END
mapfile -t flags < <(build_flags)
on_terminal 100x20 'wait=tools 2/2.* [0-9.]+s$' 'wait=\| 20%' 'wait=app 3/4.* [0-9.]+s$' 'wait=\| working' 'wait=tools 2/2.* [1-9][0-9.]+s$' save=first \
    "run=sleep 3; $(open_command tools)" 'wait=^[0-9.]+s 2/4 done' save=second "run=$(open_command app)" \
    -- "$MABPLAN" build -j 2 "${flags[@]}" context
assert_matches first '^[0-9.]+s 1/4 done$'
assert_matches first '^\[linux/amd64 tools 2/2\] RUN .* native [0-9.]+s$'
assert_eq "  | one|  | two|  | 20%" "$(grep -A3 'tools 2/2' first | tail -n 3 | paste -sd '|' | cut -d '|' -f 1-6)" "the last lines of the step"
assert_matches first '^\[linux/amd64 app 3/4\] RUN .* native [0-9.]+s$'
assert_matches first '^\[linux/amd64 app 2/4\] RUN echo quick native [0-9.]+s$'
assert_matches second '^\[linux/amd64 app 3/4\] RUN .* native [0-9.]+s$'

# In the order in which they were done; no trace of the region.
assert_eq "app 2/4,tools 2/2,app 3/4,app 4/4" "$(grep -oE '^\[linux/amd64 [a-z]+ ./.\]' history | tr -d '[]' | cut -d' ' -f2- | paste -sd,)" "done steps"
assert_no_match history '^  \| '
assert_no_match history ' done(,|$)'
assert_matches history '^4 executed \(0 emulated\), 0 cached, 0 failed$'
assert_clean_terminal

on_terminal 100x20 -- "$MABPLAN" build "${flags[@]}" context
assert_matches history '^\[linux/amd64 app 2/4\] RUN echo quick cached$'

# How long it took is known the next time.
rm store/cache-mounts/*/*/fs/{tools,app}
on_terminal 100x20 'wait=^[0-9.]+s [01]/4 done, about [0-9]+ s left$' "run=$(open_command tools); $(open_command app)" \
    -- "$MABPLAN" build -j 2 --no-cache "${flags[@]}" context
