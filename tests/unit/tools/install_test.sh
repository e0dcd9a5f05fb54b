#!/usr/bin/env bash
# `meson install`: the program, what tells of it, and nothing else, where they are looked for.
#
# usage: install_test.sh SOURCE BUILD VERSION PREFIX BINDIR MANDIR DATADIR      (the last three relative to the prefix)
set -euo pipefail

source=$1 build=$2 version=$3 prefix=$4 bin=$5 man=$6 data=$7
fail() { echo "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

meson install -C "$build" --no-rebuild --destdir "$work/root" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
root=$work/root$prefix
cd "$root"

said=$("$root/$bin/mabplan" --version)
[ "$said" = "mabplan $version" ] || fail "the installed program says '$said', and meson.build that it is version $version"

doc=$data/doc/mabplan
expected="$bin/mabplan
$data/bash-completion/completions/mabplan
$doc/LICENSE
$doc/README.md
$doc/plans/CHANGELOG.md
$doc/plans/DESIGN.md
$doc/plans/EXTENDING.md
$doc/plans/PROCESSES.md
$doc/plans/README.md
$doc/plans/SECURITY.md
$doc/plans/schema/mabplan.schema.json
$doc/plans/schema/plan.schema.json
$man/man1/mabplan.1"
found=$(find . -type f -printf '%P\n')
difference=$(diff <(LC_ALL=C sort <<<"$expected") <(LC_ALL=C sort <<<"$found")) || fail "other files than expected: $difference"

cmp "$source/LICENSE" "$doc/LICENSE"
[ ! -x "$man/man1/mabplan.1" ] || fail "the man page is a program"
[ -z "$(find . ! -perm -u=r)" ] && [ -z "$(find . -type f ! -perm -o=r)" ] || fail "not everybody may read what is installed"
