#!/usr/bin/env bash
# An answer that cannot be written is an error, whatever the verb; and no archive goes to a terminal.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY Dockerfile /
END
exits 0 "$MABPLAN" build -o type=oci,dest=out,tar=false context
to_full() { "$MABPLAN" "$@" >/dev/full; }
to_closed() { "$MABPLAN" "$@" >&-; }
printf 'targets: {web: {context: context}}\n' >mabplan.yaml
for verb in "cache ls" "cache ls --json" "cache du" "dump ast context/Dockerfile" "image inspect out" "compile --print" "check --format json" \
    "build --json context" "build -o - context" "--help" "--version" "help reproducibility"; do
    for where in to_full to_closed; do
        # shellcheck disable=SC2086 # words
        exits 36 "$where" $verb
        assert_says log 'standard output'
    done
done

on_terminal() { python3 -c 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))' "$@" </dev/null; }
exits 2 on_terminal "$MABPLAN" build -o - context
assert_says log 'an archive is not written to a terminal'
for name in /dev/stdout /dev/fd/1 /proc/self/fd/1 /dev/tty; do
    for type in tar oci docker; do
        exits 2 on_terminal "$MABPLAN" build -o type=$type,dest=$name context
        assert_says log 'an archive is not written to a terminal'
    done
done
exits 2 "$MABPLAN" build -o type=tar,dest=/dev/stdout --json context
assert_says log '--metadata-file FILE'
exits 2 "$MABPLAN" build -o - --json context
assert_says log '--metadata-file FILE'
exits 2 "$MABPLAN" build -o - -o type=oci,dest=- context
"$MABPLAN" build -o - context 2>log | tar t >names || { cat log >&2; fail "no archive came"; }
assert_says names Dockerfile
