#!/usr/bin/env bash
# Compiling in another folder, at another time and as the same text gives the same plan bytes.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
ARG VERSION=1
RUN echo "$VERSION" > /version
COPY . /all
END
echo x >context/file
compile_plan
mkdir other
cp -r context mabplan.yaml other
sleep 1.1
touch other/context/file
(cd other && exits 0 "$MABPLAN" compile)
cmp mabplan.plan.json other/mabplan.plan.json || fail "the plans differ"
jq -e . mabplan.plan.json >/dev/null || fail "the plan is not JSON"
