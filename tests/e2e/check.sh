#!/usr/bin/env bash
# Findings of rules: asked for with `check`, told beside a build, as errors where the file or the command line says so.
. "$(dirname "$0")/../support/e2e.sh"

base=(--build-context "busybox=$busybox")
dockerfile <<'END'
FROM busybox AS Spare
USER $SPARE
FROM busybox
WORKDIR app
END

# All stages are looked at, nothing is built, and findings alone are no failure.
exits 0 "$MABPLAN" check "${base[@]}" context
assert_says log "context/Dockerfile:1:17: warning: StageNameCasing: Stage name 'Spare' should be lowercase"
assert_says log "Usage of undefined variable '\$SPARE'"
assert_says log "https://docs.docker.com/go/dockerfile/rule/workdir-relative-path/"
assert_says log "3 warnings, 0 errors"
exits 2 "$MABPLAN" check "${base[@]}" --error-on warning context
exits 2 "$MABPLAN" check "${base[@]}" --build-arg BUILDKIT_DOCKERFILE_CHECK=error=true context
assert_says log "lint violation found for rules: StageNameCasing, UndefinedVar, WorkdirRelativePath"
exits 0 "$MABPLAN" check "${base[@]}" --build-arg BUILDKIT_DOCKERFILE_CHECK=skip=all --error-on warning context
assert_says log "nothing found"

# Formats: the report is all of standard output.
"$MABPLAN" check "${base[@]}" --format json context | python3 -c 'import json, sys; assert len(json.load(sys.stdin)["findings"]) == 3'
"$MABPLAN" check "${base[@]}" --format sarif context | python3 -c 'import json, sys; assert len(json.load(sys.stdin)["runs"][0]["results"]) == 3'
"$MABPLAN" check "${base[@]}" --format github context >report
assert_says report "::warning file=context/Dockerfile,line=4,endLine=4,col=9,endColumn=12,title=WorkdirRelativePath::"

# A build tells of the stages that it needs, and goes on.
build out
assert_says log "warning: context/Dockerfile:4:9: WorkdirRelativePath: "
assert_silent_about log UndefinedVar
sed -i '1i # check=error=true' context/Dockerfile
exits 2 "$MABPLAN" build "${base[@]}" -o type=cacheonly context
assert_says log "lint violation found for rules: StageNameCasing, WorkdirRelativePath"

# Mistakes of the text come with what was found above them.
printf 'FROM busybox AS Base\nRNU x\nADDD y\n' >context/Dockerfile
exits 2 "$MABPLAN" check "${base[@]}" context
assert_says log StageNameCasing
assert_says log 'did you mean "RUN"?'
assert_says log "1 warning, 2 errors"
exits 0 "$MABPLAN" check "${base[@]}" --error-on never context
exits 2 "$MABPLAN" check --error-on never nowhere

# The targets of a matrix file, and bases that can't be had without the network.
printf 'FROM nowhere.example/image\nUSER $MAYBE_SET_BY_THE_BASE\nWORKDIR x\nFROM scratch\nUSER $SET_BY_NOBODY\n' >context/Dockerfile
printf 'targets:\n  one:\n    context: context\n    platforms: [linux/amd64, linux/arm64]\n' >mabplan.yaml
exits 0 "$MABPLAN" check --offline one
assert_says log "\"nowhere.example/image\" is not known without the network"
assert_says log "Usage of undefined variable '\$SET_BY_NOBODY'"
assert_silent_about log "undefined variable '\$MAYBE"
assert_says log "2 warnings, 0 errors"
exits 2 "$MABPLAN" check --offline two
printf 'FROM scratch AS builder\nFROM bulider\n' >misspelt
exits 0 "$MABPLAN" check --offline -f misspelt
assert_says log 'misspelt:2:6: no stage is called "bulider": did you mean "builder"? That is a stage of this file.'
exits 2 "$MABPLAN" check -f mabplan.yaml --target x
