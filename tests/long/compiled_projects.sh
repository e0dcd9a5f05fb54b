#!/usr/bin/env bash
# Projects in C, compiled from their repositories by root and by an ordinary user. MABPLAN_TEST_GIT is where the repositories are
# fetched from, as https://HOST[/PATH]: a mirror on a machine that does not reach GitHub.
. "$(dirname "$0")/projects.sh"

projects=(redis-compiled su-exec)
arguments=("GIT=${MABPLAN_TEST_GIT:-https://github.com}")
for repository in redis/redis ncopa/su-exec; do
    timeout 60 git ls-remote "${arguments[0]#GIT=}/$repository.git" HEAD >/dev/null 2>why || skip "no $repository: $(tail -n 1 why)"
done

use() {
    exits 0 "$MABPLAN" image run out/redis-compiled redis-server --version
    assert_eq nobody "$("$MABPLAN" image run out/su-exec id -un)" "who su-exec runs a program as"
}

both_users
