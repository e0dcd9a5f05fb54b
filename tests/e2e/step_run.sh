#!/usr/bin/env bash
# --save-steps writes each command that is executed to a file, and `step run` runs it again, alone: the same layer, the command's own
# exit code. Secrets are in no file; what is missing, unknown or damaged is told.
. "$(dirname "$0")/../support/e2e.sh"

echo one >context/file
dockerfile <<'END'
FROM busybox AS made
RUN echo made >/made
FROM busybox
WORKDIR /work
COPY file .
RUN --mount=target=/src --mount=from=made,source=/made,target=/other \
    --mount=type=secret,id=token,required=true,env=TOKEN --mount=type=cache,target=/cache \
    cat file /src/file /other >all && echo "said $TOKEN" && echo used >>/cache/used
END
echo hidden-value >token
build out --platform linux/amd64 --save-steps steps --secret id=token,src=token
! grep -rq hidden-value steps || fail "a saved step holds the value of a secret"
! grep -rqF "$PWD" steps || fail "a saved step holds a path of this host"
set -- steps/made-linux-amd64-*.json
assert_eq 1 $#
made=$1
set -- steps/stage-1-linux-amd64-*.json
assert_eq 1 $#
whole=$1
layers_of_out() { "$MABPLAN" image inspect out --json | jq -r '.images[0].layers[].diff_id'; }

# The same layer, without the files of the context; what the command says is seen, but for secrets.
rm -rf context/file
diff_id=$("$MABPLAN" step run --secret id=token,src=token "$whole" 2>log) || { cat log >&2; fail "step run ended with $?"; }
assert_eq "$(layers_of_out | tail -1)" "$diff_id"
assert_says log "said ***"
GIVEN=hidden-value "$MABPLAN" step run --secret id=token,env=GIVEN --json "$whole" 2>log >result.json
assert_says log "said ***"
assert_eq "$diff_id true" "$(jq -r '[.layer.diff_id, .layer.bytes > 0] | join(" ")' result.json)"
exits 2 "$MABPLAN" step run "$whole"
assert_says log 'the secret "token" is needed and not given'

# A file may be edited; the command's exit code is that of the verb, and other failures have mabplan's.
jq '.argv[2] = "echo changed >/made"' "$made" >edited.json
changed=$("$MABPLAN" step run edited.json 2>/dev/null)
assert_ne "$("$MABPLAN" step run "$made" 2>/dev/null)" "$changed"
jq '.argv[2] = "echo because; exit 7"' "$made" >failing.json
exits 7 "$MABPLAN" step run failing.json
assert_says log because
assert_says log "the command exited with 7"
! "$MABPLAN" step run --json failing.json 2>/dev/null >result.json || fail "a failing step ended with 0"
assert_eq "exited 7 because" "$(jq -r '[.failed.how, .failed.code, (.failed.log_tail | rtrimstr("\n"))] | join(" ")' result.json)"
jq '.argv[2] = "kill -9 $$"' "$made" >failing.json
exits 137 "$MABPLAN" step run failing.json
jq '.argv[2] = "sleep 60" | .timeout_ms = 200' "$made" >failing.json
exits 124 "$MABPLAN" step run failing.json
assert_says log "the command ran longer than the 0.2 s it may"
jq '.security = "insecure"' "$made" >failing.json
exits 2 "$MABPLAN" step run failing.json
assert_says log "--allow security.insecure"
exits 0 "$MABPLAN" step run --allow security.insecure failing.json

# The failing step of a build names its file, which fails so again.
echo 'RUN echo the reason && exit 3' >>context/Dockerfile
echo one >context/file
exits 1 "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" --save-steps steps --secret id=token,src=token context
assert_says log "the command exited with 3"
file=$(sed -nE 's/.*`mabplan step run (.*)` runs it again, alone.*/\1/p' log)
exits 3 "$MABPLAN" step run "$file"
assert_says log "the reason"

# What is not there, and what is no step.
absent=sha256:$(printf %064d 7)
jq --arg absent "$absent" '.layers += [$absent]' "$made" >missing.json
exits 2 "$MABPLAN" step run missing.json
assert_says log "lacks a layer that the step needs: $absent"
assert_says log "build again what the step was saved from"
exits 2 "$MABPLAN" step run --cache-dir "$work/other" "$made"
assert_says log "that the step needs"
jq '.neetwork = "none"' "$made" >unknown.json
exits 2 "$MABPLAN" step run unknown.json
assert_says log 'step has the unknown member "neetwork": did you mean "network"?'
head -c 40 "$made" >short.json
exits 2 "$MABPLAN" step run short.json
assert_says log "short.json:$(wc -l <short.json | xargs -I{} expr {} + 1):"
assert_says log "is not valid JSON"
exits 2 "$MABPLAN" step run nowhere.json
assert_says log "--save-steps"
