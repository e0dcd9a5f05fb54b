#!/usr/bin/env bash
# Two clean builds, in two stores, two folders and at two times, give the same bytes.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir -p /d/e && echo x > /d/e/f && ln /d/e/f /d/g && ln -s f /d/e/h && chmod 4711 /d/e/f && date > /dev/null
COPY . /context
END
mkdir context/sub
echo 1 >context/sub/a
echo 2 >context/b
build first --platform linux/amd64,linux/arm64
cp -r context elsewhere
mv context kept
mv elsewhere context
export MABPLAN_CACHE_DIR=$work/store2
sleep 1.1
build second --platform linux/amd64,linux/arm64
assert_ne 0 "$(executed)" "the second store is empty, so its build executes"
assert_eq "$(image_digest first)" "$(image_digest second)"
diff -r first second || fail "the layouts differ"
