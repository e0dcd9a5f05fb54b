#!/usr/bin/env bash
# What the command line says of inputs that nobody takes, that are not there, or that cannot be.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
ARG VERSION
FROM scratch
LABEL base=1
COPY Dockerfile /
END
plain() { exits "$1" "$MABPLAN" build "${@:2}" context; }

# Build arguments, labels, build contexts.
plain 2 --build-arg =x
assert_says log '--build-arg "=x": it has no name'
plain 0 --build-arg VERSON=1 --build-arg VERSION=2 --build-arg http_proxy=x
assert_says log 'warning: no ARG takes the build argument "VERSON": did you mean "VERSION"?'
assert_silent_about log '"http_proxy"'
plain 0 --build-context busybx=docker-image://busybox --build-context data=no-such-folder
assert_says log 'warning: nothing uses the build context "busybx"'
assert_says log 'warning: the build context "data" is not there: "no-such-folder" is no folder'
plain 2 --build-context context=.
assert_says log 'no build context may be named "context"'
plain 0 --label k --label l=2 -o type=oci,dest=labelled,tar=false
labels=$(skopeo inspect --config oci:labelled | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["config"]["Labels"], sort_keys=True))')
assert_eq '{"base": "1", "k": "", "l": "2"}' "$labels"
plain 2 --label =x
plain 2 --ulimit nofiles=1
assert_says log 'there is no resource limit "nofiles"'
plain 2 --add-host db:nowhere
assert_says log 'the host "db" has no address'

# A named folder that is used and not there: who named it, and where.
printf 'FROM scratch\nCOPY --from=foo f /\n' >other
exits 2 "$MABPLAN" build -f other --build-context foo=./nothere context
assert_says log 'other:2:13: error: --build-context foo=./nothere is no folder that can be read: cannot open the folder'
assert_says log '>    2 | COPY --from=foo f /'
printf 'FROM foo\n' >other
touch file
exits 2 "$MABPLAN" build -f other --build-context foo=file context
assert_says log 'other:1:6: error: --build-context foo=file is no folder that can be read'
printf 'targets:\n  web:\n    context: .\n    dockerfile: other\n    additional_contexts:\n      foo: ./nothere\n' >mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:6:12: error: the build context "./nothere" of the name "foo" is no folder that can be read'
assert_says log '>    6 |       foo: ./nothere'
rm mabplan.yaml other file

# Platforms and folders that there are not.
plain 2 --platform linux/amd46
assert_says log '"linux/amd46" is no platform that exists'
assert_says log 'did you mean "linux/amd64"?'
plain 0 --platform arm64/v8,arm32 -o type=oci,dest=arms,tar=false
assert_eq "arm64 arm" "$(raw_image arms | python3 -c 'import json, sys; print(*[m["platform"]["architecture"] for m in json.load(sys.stdin)["manifests"]])')"
exits 2 "$MABPLAN" build no-such-folder
assert_says log 'the build context "no-such-folder" is no folder that can be read'
printf 'targets:\n  web:\n    context: wbe\n' >mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:3:5: error: the build context "wbe" is no folder that can be read'
printf 'targets:\n  web:\n    context: context\n    platforms: [linux/amd46]\n' >mabplan.yaml
exits 2 "$MABPLAN" compile
assert_says log 'mabplan.yaml:4:17'
printf 'FROM --platform=linux/amd46 scratch\n' >other
exits 2 "$MABPLAN" build -f other context
assert_says log 'other:1:17'
rm mabplan.yaml

# Results: where they are, and none of an earlier run.
plain 0 -t app:1
grep -q app:1 <("$MABPLAN" image ls) || fail "what was tagged has no name in the store"
plain 0 -t app:1 -o type=oci,dest=tagged
plain 0
assert_says log 'nothing to do: 1 action is cached'
plain 0 --iidfile id --metadata-file meta.json
[ -s id ] && [ -s meta.json ] || fail "the files of the result are missing"
plain 2 --iidfile id --metadata-file meta.json --target nowhere
[ ! -e id ] && [ ! -e meta.json ] || fail "a failed build left the files of an earlier one"
echo old >id-behind
ln -s id-behind link
plain 2 --iidfile link --metadata-file /dev/stdout --target nowhere
[ -L link ] && [ ! -e id-behind ] && [ -L /dev/stdout ] || fail "a link was removed, or what it leads to was left"

echo old >id-behind
plain 0 --iidfile link
[ -L link ] && [ -s id-behind ] && [ "$(cat id-behind)" != old ] || fail "the digest is not where the link leads"
rm id-behind
plain 0 --iidfile link
[ -L link ] && [ -s id-behind ] || fail "a link to nothing yet was replaced"
for words in "--nosuch" "--squash" "--progress foo" "extra"; do
    echo old >id
    echo old >meta.json
    # shellcheck disable=SC2086 # words
    plain 2 --iidfile id $words --metadata-file=meta.json
    [ ! -e id ] && [ ! -e meta.json ] || fail "a refused command line ($words) left the files of an earlier run"
done
echo old >context/id
exits 2 "$MABPLAN" build -C context --iidfile id --nosuch .
[ ! -e context/id ] || fail "-C does not count for the files of a refused command line"
echo old >id
plain 2 --label --iidfile --nosuch id
[ -e id ] || fail "the value of a label is no flag"
mkdir folder
plain 2 --iidfile folder
assert_says log 'error: --iidfile "folder": a folder is there, and a file is to be written'
plain 2 --metadata-file nodir/meta.json
assert_says log 'error: --metadata-file "nodir/meta.json": there is no folder "nodir"'
exits 2 "$MABPLAN" run --metadata-file nodir/meta.json
assert_says log 'there is no folder "nodir"'
printf 'targets: {web: {context: context}}\n' >mabplan.yaml
exits 36 "$MABPLAN" compile -o nodir/plan.json
rm mabplan.yaml
assert_says log 'cannot write into the folder "nodir"'
printf 'FROM scratch\nCOPY sec /\n' >context/Dockerfile
plain 2 --iidfile context/sec
assert_says log 'the build itself writes it'
assert_silent_about log 'excludes it'

# A wrong command is blamed, and help names commands in full.
exits 2 "$MABPLAN" image lss
assert_says log 'unknown command "lss" of `mabplan image`'
exits 2 "$MABPLAN" imgae run x
assert_says log 'unknown command "imgae"'
assert_says log 'did you mean "image"?'
exits 0 "$MABPLAN" buildx build --help
exits 0 "$MABPLAN" version
assert_eq "$("$MABPLAN" --version)" "$(cat log)"
exits 2 "$MABPLAN" bake
assert_says log 'hint: a mabplan.yaml with the targets'
exits 0 "$MABPLAN" build --help
assert_says log 'mabplan build [OPTIONS]'
