# For tests of objects in cache mounts, after e2e.sh: three sources, the program mk in the context, and what a build made of them.
# shellcheck shell=bash
cp "$support/mk" context/mk
compiled() { grep -c ' | compiling ' log || true; }
# made WANTED COUNT: the result holds exactly this, and so many sources were compiled for it
made() {
    rm -rf out
    "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=local,dest=out ${flags-} context >log 2>&1 || { cat log >&2; fail "the build failed"; }
    assert_eq "$1" "$(xargs <out/out)" "${3-the result}"
    [ "$(compiled)" = "$2" ] || { cat log >&2; fail "${3-}: expected $2 compilations, got $(compiled)"; }
}
sources() {
    rm -rf context/src
    mkdir -p context/src/sub
    echo a1 >context/src/a.c
    echo b1 >context/src/b.c
    echo c1 >context/src/sub/c.c
}
