#!/usr/bin/env bash
# Results that are sent to a device, a pipe or the standard output: these are written to, and are still there afterwards.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
COPY Dockerfile /
END
printf 'version: 1\ntargets:\n  app:\n    context: context\n    additional_contexts: {busybox: "%s"}\n' "$busybox" >mabplan.yaml

"$MABPLAN" compile -o plan.json 2>/dev/null
"$MABPLAN" compile -o /dev/stdout 2>/dev/null | cmp - plan.json
"$MABPLAN" compile -o /dev/stdout >redirected 2>/dev/null
cmp redirected plan.json
mkfifo pipe
cat pipe >through &
"$MABPLAN" compile -o pipe 2>/dev/null
wait $!
cmp through plan.json
[ -p pipe ] || fail "the pipe is gone"

# A node of our own, for if this fails then what had its name is a file.
if [ "$(id -u)" -eq 0 ] && mknod null c 1 3 && : 2>/dev/null >null; then
    exits 0 "$MABPLAN" compile -o null
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --iidfile null --metadata-file null -o type=tar,dest=null context
    exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -o type=oci,dest=null context
    [ -c null ] || fail "the device is gone"
fi
