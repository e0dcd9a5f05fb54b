#!/usr/bin/env bash
# The .env file beside mabplan.yaml sets variables, as compose reads its own; the environment goes before it.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
ARG LONE
LABEL lone=$LONE
END
cat >.env <<'END'
# versions
VERSION=1.2 # the newest
export NAME="web-${VERSION}"
LONE='of $file'
END
cat >mabplan.yaml <<'END'
targets:
  it:
    context: context
    args: [LONE]
    labels: {version: "${VERSION}", name: "${NAME}", other: "${OTHER:-none}"}
    output: ["type=oci,dest=dist,tar=false"]
END
labels_now() {
    exits 0 "$MABPLAN" compile
    rm -rf dist
    exits 0 "$MABPLAN" run
    skopeo inspect --config oci:dist | jq -r '.config.Labels | to_entries | map("\(.key)=\(.value)") | sort | join(",")'
}
assert_eq 'lone=of $file,name=web-1.2,other=none,version=1.2' "$(labels_now)"
assert_eq 'lone=mine,name=web-2,other=none,version=2' "$(VERSION=2 LONE=mine labels_now)"
# It is the file beside mabplan.yaml that counts, not one of the current folder; and none of `build`.
mkdir elsewhere
echo VERSION=wrong >elsewhere/.env
exits 0 "$MABPLAN" compile -C elsewhere -f ../mabplan.yaml -o ../other.json --print
grep -q '1.2' log || fail "the file beside mabplan.yaml is not read"
exits 0 "$MABPLAN" build --build-arg LONE -o type=oci,dest=built,tar=false context
assert_eq '{"lone":""}' "$(skopeo inspect --config oci:built | jq -c .config.Labels)"

# A secret's variable, too: the plan holds none, so it is read when the plan runs.
cp mabplan.yaml plain.yaml
printf 'FROM busybox\nRUN --mount=type=secret,id=token,required=true tr a-z b-za </run/secrets/token >/seen\n' >context/Dockerfile
cat >mabplan.yaml <<END
secrets: {token: {environment: TOKEN}}
targets:
  it:
    context: context
    additional_contexts: {busybox: "$busybox"}
    secrets: [token]
    output: ["type=tar,dest=dist.tar"]
END
echo TOKEN=abc >.env
exits 0 "$MABPLAN" compile
! grep -q abc mabplan.plan.json || fail "a secret is in the plan"
exits 0 "$MABPLAN" run
assert_eq bcd "$(tar -xOf dist.tar seen)"
TOKEN=xyz exits 0 "$MABPLAN" run --no-cache
assert_eq yza "$(tar -xOf dist.tar seen)"
rm .env
exits 2 "$MABPLAN" run --no-cache
assert_says log 'the environment has no variable TOKEN'
mv plain.yaml mabplan.yaml
printf 'FROM scratch\n' >context/Dockerfile

printf 'A=1\nB C=2\n' >.env
exits 2 "$MABPLAN" compile
assert_says log '.env:2:3: error: "C" can'"'"'t stand in the name of a variable'
rm .env
mkdir .env
exits 0 "$MABPLAN" compile
assert_says log 'VERSION is not set'
