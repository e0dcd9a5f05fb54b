#!/usr/bin/env bash
# --events FILE: what happens in a run as lines of JSON. Each line has the members of its type, in an order that can be, and the totals are
# those of the result.
. "$(dirname "$0")/../support/e2e.sh"

# The members of each type, and that at most one run begins and ends; says the rest in one line a type.
check() {
    python3 - "$1" <<'END'
import json, sys
ACTION = {"index", "kind", "targets", "stage", "platform", "dockerfile", "line"}
WHOLE = ACTION | {"text", "key"}
MEMBERS = {  # type -> members, and of its action
    "schema": ({"schema"}, None), "run-began": ({"wanted", "cached", "to_execute", "platforms"}, None), "started": ({"emulated"}, WHOLE),
    "said": ({"text"}, ACTION), "unsaid": ({"bytes"}, ACTION), "noted": ({"text"}, ACTION), "detail": ({"text"}, ACTION),
    "finished": ({"how", "seconds", "waited_seconds", "diff_id", "layer_bytes"}, WHOLE), "failed": ({"seconds", "required", "error"}, WHOLE),
    "transfer": ({"number", "what", "done", "total", "state"}, None), "exporting": ({"target", "destination"}, None),
    "exported": ({"target", "destination", "digest"}, None), "warned": ({"text"}, None),
    "run-ended": ({"how", "cached", "executed", "emulated", "failed", "skipped", "seconds"}, None)}
lines = [json.loads(line) for line in open(sys.argv[1], encoding="utf-8")]
assert lines[0] == {"type": "schema", "at": 0.0, "schema": "mabplan-events-1"}, lines[0]
at, running, transfers = 0, set(), {}
for line in lines:
    members, action = MEMBERS[line["type"]]
    optional = {"warned": {"hint"}, "run-ended": {"error"}}.get(line["type"], set())
    expected = {"type", "at"} | members | ({"action"} if action else set())
    assert expected <= set(line) <= expected | optional, line
    assert not action or set(line["action"]) == action, line
    assert line["at"] >= at, line
    at = line["at"]
    index = line["action"]["index"] if action else None
    if line["type"] == "started": running.add(index)
    elif line["type"] in ("said", "unsaid", "noted"): assert index in running, line
    elif line["type"] == "failed": running.remove(index)
    elif line["type"] == "finished":
        assert (index in running) == (line["how"] != "cached"), line
        running.discard(index)
    elif line["type"] == "transfer":
        assert (line["number"] in transfers) == (line["done"] > 0 or line["state"] != "going"), line
        transfers[line["number"]] = line["state"]
kinds = [line["type"] for line in lines]
assert not running and "going" not in transfers.values(), (running, transfers)
assert kinds.count("run-began") <= 1 and kinds.count("run-ended") == 1 and kinds[-1] == "run-ended", kinds
began, ended = next(line for line in lines if line["type"] == "run-began"), lines[-1]
assert began["wanted"] == began["cached"] + began["to_execute"] == ended["cached"] + ended["executed"] + ended["failed"] + ended["skipped"], (began, ended)
assert began["cached"] == sum(line.get("how") == "cached" for line in lines if line["type"] == "finished")
assert ended["failed"] == kinds.count("failed")
assert kinds.count("finished") == ended["cached"] + ended["executed"]
END
}
of() { jq -c "select(.type == \"$1\")" "${2-events}"; }

# A transfer from a registry, commands of two platforms, a copy that is the same for both, the output.
start_layout_registry
echo text >context/file
dockerfile <<END
FROM $registry/box AS first
COPY file /file
RUN printf 'h\303\244lf of \377 it\n' && cp /file /copy
END
platforms=(--platform linux/amd64,linux/arm64)
exits 0 "$MABPLAN" build "${platforms[@]}" -o type=oci,dest=out,tar=false --json -j 1 --events events context
check events
assert_eq '[4,0,4,["linux/amd64","linux/arm64"]]' "$(of run-began | jq -c '[.wanted, .cached, .to_execute, .platforms]')"
assert_eq '["succeeded",1,3,1,0,0]' "$(of run-ended | jq -c '[.how, .cached, .executed, .emulated, .failed, .skipped]')"
assert_eq 2 "$(of said | grep -c 'hälf of � it')" "lines of output"
assert_eq '["native","run","first","linux/amd64",3]' "$(of finished | jq -c 'select(.action.platform == "linux/amd64" and .action.kind == "run") | [.how, .action.kind, .action.stage, .action.platform, .action.line]')"
assert_eq '[true,"emulated"]' "$(jq -sc '[.[] | select(.action.platform == "linux/arm64" and .action.kind == "run") | .emulated // .how | values] | [.[0], .[-1]]' events)"
assert_eq "$(image_digest out)" "$(of exported | jq -r 'select(.destination == "out").digest')"
assert_eq 1 "$(of exporting | wc -l)"
of transfer | jq -se "map(select(.state == \"done\")) | length == 2 and all(.done == .total and (.what | startswith(\"$registry/box\")))" >/dev/null || fail "the transfers: $(of transfer)"

# Nothing to do: all is cached by definition, and there is nothing to fetch or to write.
exits 0 "$MABPLAN" build "${platforms[@]}" -o type=oci,dest=out,tar=false --events events context
check events
assert_eq '["run-began","finished","finished","finished","finished","exported","run-ended"]' "$(jq -sc 'map(.type)[1:]' events)"
assert_eq '[4,4,0]' "$(of run-began | jq -c '[.wanted, .cached, .to_execute]')"

# A step that fails, and one behind it that is skipped. The error says what people are told.
printf 'RUN echo broken; exit 3\nRUN true\n' >>context/Dockerfile
exits 1 "$MABPLAN" build --platform linux/amd64 --events events context
check events
assert_eq '["failed",2,0,1,1]' "$(of run-ended | jq -c '[.how, .cached, .executed, .failed, .skipped]')"
assert_eq '["step","Dockerfile",4,true]' "$(of failed | jq -c '[.error.kind, (.error.file | split("/")[-1]), .error.line, .required]')"
of failed | jq -e '.error.detail | contains("broken")' >/dev/null || fail "the end of the log is not in the error"
# What ends a run before anything is begun is its end.
sed -i '$d; $d' context/Dockerfile
echo 'RUN --mount=type=secret,id=none,required=true true' >>context/Dockerfile
exits 2 "$MABPLAN" build --platform linux/amd64 --events events context
assert_eq '["failed","input"]' "$(of run-ended | jq -c '[.how, .error.kind]')"

# Files from elsewhere are transfers, too.
mkdir -p served
head -c 100000 /dev/zero >served/zeros
start_file_server
printf 'FROM scratch\nADD http://%s/zeros /zeros\n' "$server" >context/Dockerfile
"$MABPLAN" build --events - context >events 2>log || fail "mabplan build ended with $?: $(cat log)"
check events
assert_eq "[\"http://$server/zeros\",100000,100000]" "$(of transfer | jq -c 'select(.state == "done") | [.what, .done, .total]')"

# Written where it cannot be: said before anything runs, or once while it goes on.
dockerfile <<'END'
FROM busybox
RUN for i in $(seq 2000); do echo "$i ................................................................"; done
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --events nowhere/events context
assert_says log "there is no folder \"nowhere\""
build out --events /dev/full
assert_eq 1 "$(grep -c 'warning: cannot write events to "/dev/full": No space left on device; the run goes on without' log)" "complaints"
sed -i 's/2000/2001/' context/Dockerfile
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false --events /dev/fd/9 context 9> >(exec head -c 10 >/dev/null)
assert_eq 1 "$(grep -c 'warning: cannot write events to "/dev/fd/9": Broken pipe; the run goes on without' log)" "complaints"

# In the context of a build and of a plan it is no part of it.
printf 'FROM scratch\nCOPY . /all\n' >context/Dockerfile
for _ in 1 2; do exits 0 "$MABPLAN" build --events context/events context; done
assert_eq 0 "$(executed)" "actions of the second build"
rm context/events
compile_plan
exits 0 "$MABPLAN" run --events context/events
check context/events
