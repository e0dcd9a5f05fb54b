#!/usr/bin/env bash
# `image run -i` and `-t`: standard input is the command's or nobody's, and a terminal of its own behaves as one, keys and size included.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<'END'
FROM busybox
CMD ["cat"]
END
build plain --platform linux/amd64

# A loop over a list is not eaten by what runs in it.
assert_eq "a
b" "$(printf 'a\nb\n' | while read -r line; do "$MABPLAN" image run plain; echo "$line"; done)" "without -i there is no input"
assert_eq "a b" "$(printf 'a\nb\n' | "$MABPLAN" image run -i plain | xargs)" "-i"

# -t alone: a terminal that nobody types at. -it without one to type at is refused, as with docker run.
assert_eq "/dev/pts/0 xterm" "$("$MABPLAN" image run -t plain sh -c 'tty; echo $TERM' </dev/null | tr -d '\r' | xargs)" "-t"
assert_eq "dumb" "$("$MABPLAN" image run -t -e TERM=dumb plain sh -c 'echo $TERM' </dev/null | tr -d '\r')" "a TERM that is given"
exits 2 "$MABPLAN" image run -it plain sh </dev/null
assert_says log "standard input is no terminal"

# A shell: keys, the size, Ctrl-C to what runs in it, and its exit code.
status=0
on_terminal 83x21 'wait=#$' 'key=stty size; echo $((20+3))^M' 'wait=^23$' 'save=first' \
    resize=61x17 'key=stty size^M' 'wait=^17 61' 'key=sleep 100^M' 'wait=sleep 100' 'run=sleep 0.3' 'key=^C' 'run=sleep 0.3' \
    'key=echo code $?^M' 'wait=^code 130' 'key=exit 7^M' \
    -- "$MABPLAN" image run -it --progress quiet plain sh || status=$?
assert_eq 7 "$status" "the shell's exit code"
assert_matches first '^21 83'
assert_clean_terminal

# What it says while it comes to its end is shown.
"$MABPLAN" image run -t --progress quiet plain sh -c 'trap "echo ended; exit 9" TERM; echo ready; while :; do sleep 0.1; done' </dev/null >said &
pid=$!
until grep -q ready said; do sleep 0.05; done
kill $pid
status=0
wait $pid || status=$?
assert_eq "ready ended 9" "$(tr -d '\r' <said | xargs) $status"

# Who had the terminal before has it back as it was: after the command, which left it in a state of its own, and when mabplan is told to end.
cat >both.sh <<'END'
before=$(stty -g)
"$MABPLAN" image run --rm -ti --progress quiet plain sh -c 'stty raw -echo; echo started'
[ "$(stty -g)" != "$before" ] || echo same after the end
"$MABPLAN" image run -it --progress quiet plain yes | head -n 1
[ "$(stty -g)" != "$before" ] || echo same after a broken pipe
bash -c 'echo $$ >pid; exec "$MABPLAN" image run -it --progress quiet plain sh -c "echo waiting; sleep 100"'
echo "ended $?"
[ "$(stty -g)" != "$before" ] || echo same after SIGTERM
sleep 0.2
END
on_terminal 80x24 'wait=same after the end' 'wait=same after a broken pipe' 'wait=waiting' 'run=kill -TERM $(cat pid)' 'wait=same after SIGTERM' -- bash both.sh
assert_matches history '^started'
assert_matches history '^ended 143'
