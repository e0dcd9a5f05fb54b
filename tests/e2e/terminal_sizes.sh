#!/usr/bin/env bash
# Narrow and low terminals, and one whose size changes: no line is left behind, none that was done is lost.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<END
FROM busybox AS tools
RUN echo first
RUN $gate i=0; while [ ! -e /gate/open ]; do echo "a rather long line of output, number \$i"; i=\$((i + 1)); sleep 0.05; done
END
mapfile -t flags < <(build_flags)
check() {
    assert_eq 2 "$(tr -d '\n' <history | grep -oE 'linux/amd64 ?tools ?[23]/3' | tr -d ' ' | sort -u | wc -l)" "done steps at $1"
    assert_no_match history '^  \|'
    assert_no_match history '^[0-9.]+s [0-9]/'
    assert_clean_terminal
    rm -rf store out
}
for size in 20x24 20x5 100x5 10x3 200x50; do
    on_terminal "$size" 'wait=^[0-9.]+s [0-9][/.]' "run=sleep 0.5" save=during "run=$(open_command open)" -- "$MABPLAN" build "${flags[@]}" context
    check "$size"
    # No line of the region wrapped: each is there once.
    assert_eq 1 "$(grep -cE '^[0-9.]+s [0-9][/.]' during)" "lines of counts at $size"
done

on_terminal 100x24 'wait=\| .*number 3$' resize=40x24 'wait=^amd64 tools 3/3 .* native [0-9.]+s$' resize=40x8 "run=sleep 0.5" 'wait=a rather long line' save=low resize=120x30 \
    'wait=^\[linux/amd64 tools 3/3\].* native [0-9.]+s$' save=wide "run=$(open_command open)" -- "$MABPLAN" build "${flags[@]}" context
assert_eq 1 "$(grep -cE '^[0-9.]+s [0-9]/' wide)" "lines of counts after the change"
check "changing sizes"
