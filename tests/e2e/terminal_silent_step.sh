#!/usr/bin/env bash
# In plain progress a step that prints nothing says that it is alive, and the output of steps that run side by side does not mix.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<END
FROM busybox AS one
RUN $gate for i in 1 2 3; do echo "one \$i"; touch /gate/one-\$i; while [ ! -e /gate/two-\$i ]; do sleep 0.05; done; done; $(until_open go); echo "one end"
FROM busybox AS two
RUN $gate for i in 1 2 3; do while [ ! -e /gate/one-\$i ]; do sleep 0.05; done; echo "two \$i"; touch /gate/two-\$i; done; $(until_open go)
COPY --from=one /bin/busybox /one
END
mapfile -t flags < <(build_flags)
"$MABPLAN" build -j 2 --progress plain "${flags[@]}" context >log 2>&1 &
pid=$!
tries=1200
until [ "$(grep -c 'still running, ' log)" -ge 2 ]; do
    tries=$((tries - 1))
    [ "$tries" -gt 0 ] || { cat log >&2; kill "$pid"; fail "the steps do not say that they are alive"; }
    sleep 0.1
done
sh -c "$(open_command go)"
wait "$pid" || { cat log >&2; fail "the build failed"; }
assert_matches log '^\[linux/amd64 (one|two) 2/[23]\] RUN .* still running, 1[0-9]\.[0-9]s, 3 lines held back until it ends$'
# Each step's lines are together: its name changes once.
sed -nE 's/^  linux\/amd64 (one|two) 2\/[23] \| .*/\1/p' log >names
assert_eq 2 "$(uniq names | wc -l)" "blocks of output"
assert_eq 7 "$(wc -l <names)" "lines of output"
