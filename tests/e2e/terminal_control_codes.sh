#!/usr/bin/env bash
# What a command prints can't touch the terminal: no title, no clearing, no moves, no other screen, no answer from it; a bar is its last
# state and colours pass. On a terminal, in plain progress, and in the log of a failure.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

cat >context/hostile <<'END'
printf 'before\n'
printf '\033]0;stolen\007\033]2;stolen\033\\'
printf '\033[2J\033[H\033[3J\033[5A\033[20;20Hmoved\n'
printf '\033[?1049h\033[?25l\033[?7l\033[6n\033[c\033[5;6r\033c\033[!p'
printf '\302\2332J\302\2350;stolen\302\234\033Pq#0\033\\\033]52;c;c3RvbGVu\007\a\b\n'
printf '10%%\r50%%\r100%%\n'
printf '\033[31mred\033[0m \377 end\n'
END
dockerfile <<END
FROM busybox
COPY hostile /
RUN $gate sh /hostile; $(until_open go)
RUN sh /hostile; exit 3
END
mapfile -t flags < <(build_flags)
harmless() {
    assert_says "$1" "before"
    assert_says "$1" "moved"
    assert_says "$1" "100%"
    assert_silent_about "$1" "50%"
    assert_silent_about "$1" stolen
}
status=0
on_terminal 100x50 'wait=\| red . end' save=during "run=$(open_command go)" -- "$MABPLAN" build "${flags[@]}" context || status=$?
assert_eq 1 "$status" "exit status"
assert_matches during '^\[linux/amd64 stage-0 3/4\] .* native [0-9.]+s$'
assert_clean_terminal
harmless history
# The colours of the failed step pass; nothing but colours, moves up, erasing and wrapping on and off was sent.
grep -aqF $'\033[0;31mred\033[0m' raw || fail "the colour is lost"
LC_ALL=C grep -aoE $'\033.[0-9;?]*[^0-9;?]' raw | LC_ALL=C sort -u | LC_ALL=C grep -avE $'^\033\\[([0-9;]*m|[0-9]+A|2?K|J|\\?7[hl])$' >strange || true
[ ! -s strange ] || { cat -v strange >&2; fail "other control codes were sent"; }

rm -rf store
mkdir -p store
exits 1 env NO_COLOR=1 "$MABPLAN" build --progress plain --no-cache "${flags[@]}" context </dev/null &
pid=$!
until ls store/cache-mounts/*/*/fs >/dev/null 2>&1; do sleep 0.05; done
sh -c "$(open_command go)"
wait "$pid" || exit 1
harmless log
LC_ALL=C grep -c $'[\001-\010\013-\037\177]' log >controls || true
assert_eq 0 "$(cat controls)" "lines with control codes in a log"
exits 1 env CLICOLOR_FORCE=1 "$MABPLAN" build --progress plain "${flags[@]}" context
grep -qF $'| \033[0;31mred\033[0m' log || fail "forced colours are lost in plain progress"
