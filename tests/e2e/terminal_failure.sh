#!/usr/bin/env bash
# Where a step fails, the last thing on the screen is the error: the end of its log, the excerpt, the cause. On terminals and in logs.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/terminal.sh"

dockerfile <<'END'
FROM busybox
RUN for i in $(seq 100); do echo "line $i."; done; echo "the reason"; exit 7
RUN echo never
END
mapfile -t flags < <(build_flags)
last_error() {
    local file=$1
    assert_matches "$file" '^\[linux/amd64 stage-0 2/3\] RUN .* FAILED [0-9.]+s$'
    sed -n '/^0 executed .* 1 failed$/,$p' "$file" >end
    grep -nE '^(line 62\.|the reason|> +2 \| RUN.*|.*Dockerfile:2: error: the command exited with 7)$' end | sed -E 's/^[0-9]+:(context.)?(.{8}).*/\2/' >order
    assert_eq "line 62.,the reas,>    2 |,Dockerfi" "$(paste -sd , order)" "the order of the error's parts"
    assert_silent_about end "line 61."
    assert_says end "linux/amd64"
    assert_eq 1 "$(grep -c 'error: ' "$file")" "errors told"
}
status=0
on_terminal 160x60 -- "$MABPLAN" build "${flags[@]}" context || status=$?
assert_eq 1 "$status" "exit status"
last_error history
assert_clean_terminal
exits 1 "$MABPLAN" build --progress plain "${flags[@]}" context
last_error log
exits 1 "$MABPLAN" build --progress quiet "${flags[@]}" context
assert_says log "the reason"
assert_no_match log '^\['

# The same failure of two platforms is told once, and names both.
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [{platform: linux/amd64, optional: true}, {platform: linux/arm64, optional: true}]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist,tar=false"]
END
exits 0 "$MABPLAN" compile
for progress in plain tty; do
    status=0
    on_terminal 160x100 -- "$MABPLAN" run --progress $progress || status=$?
    assert_eq 3 "$status" "exit status"
    assert_eq 1 "$(grep -c 'error: the command exited with 7' history)" "times that the failure is told"
    assert_eq 1 "$(sed -n '/2 failed$/,$p' history | grep -c '^the reason$')" "times that its log is shown"
    grep -qE 'on linux/(amd64 and linux/arm64|arm64 and linux/amd64)' <(tail -n 4 history | tr -d '\n') || { cat history >&2; fail "the platforms are not named last"; }
done
