#!/usr/bin/env bash
# SOURCE_DATE_EPOCH of the environment is a build argument of `build` and `compile`; what a file says goes before it, and a plan has it.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
ARG SOURCE_DATE_EPOCH
LABEL when=$SOURCE_DATE_EPOCH
RUN echo "$SOURCE_DATE_EPOCH" >/epoch
END
created() { skopeo inspect --config "oci:$1" | python3 -c 'import json, sys; c = json.load(sys.stdin); print(c["created"], c["config"]["Labels"]["when"])'; }

for mode in on off; do
    SOURCE_DATE_EPOCH=1700000000 build "$mode" --platform linux/amd64 --reproducible "$mode"
    assert_eq "2023-11-14T22:13:20Z 1700000000" "$(created "$mode")" "--reproducible $mode"
    unpack "$mode" amd64 "image-$mode"
    assert_eq 1700000000 "$(cat "image-$mode/rootfs/epoch")" "what a command sees, --reproducible $mode"
    SOURCE_DATE_EPOCH=1700000000 build "given-$mode" --platform linux/amd64 --reproducible "$mode" --build-arg SOURCE_DATE_EPOCH=1600000000
    assert_eq "2020-09-13T12:26:40Z 1600000000" "$(created "given-$mode")" "an argument, --reproducible $mode"
done
SOURCE_DATE_EPOCH=soon exits 2 "$MABPLAN" build context
assert_says log 'SOURCE_DATE_EPOCH is "soon"'

matrix() { printf 'targets:\n  it: {context: context, platforms: [linux/amd64], additional_contexts: {busybox: "%s"}, output: ["type=oci,dest=dist,tar=false"]}\n%s\n' "$busybox" "$1" >mabplan.yaml; }
matrix ""
SOURCE_DATE_EPOCH=1700000000 exits 0 "$MABPLAN" compile
SOURCE_DATE_EPOCH=1500000000 exits 0 "$MABPLAN" run
assert_eq "2023-11-14T22:13:20Z 1700000000" "$(created dist)" "the plan's"
matrix 'reproducible: {source_date_epoch: 1600000000}'
SOURCE_DATE_EPOCH=1700000000 exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run
assert_eq "2020-09-13T12:26:40Z" "$(created dist | cut -d' ' -f1)" "the file's"
