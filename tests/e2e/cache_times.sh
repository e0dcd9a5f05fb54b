#!/usr/bin/env bash
# What compares times in a cache mount takes nothing old for fresh, and builds nothing that has not changed: with files that are copied,
# mounted, or come from a rebuilt stage; changed, changed back, new, deleted, behind a changed symlink, after a failed step.
. "$(dirname "$0")/../support/e2e.sh"

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

# changes NAME: the same changes whatever way the sources take
changes() {
    sources
    made "a1 b1 c1" 3 "$1: first"
    echo a2 >context/src/a.c
    made "a2 b1 c1" 1 "$1: a change"
    touch context/src/b.c context/mk
    made "a2 b1 c1" 0 "$1: nothing but times"
    echo b2 >context/src/b.c
    made "a2 b2 c1" 1 "$1: another change"
    echo a1 >context/src/a.c
    made "a1 b2 c1" 1 "$1: changed back"
    echo n1 >context/src/n.c
    made "a1 b2 n1 c1" 1 "$1: a new file"
    rm context/src/n.c
    made "a1 b2 c1" 0 "$1: a deleted file"
    echo c2 >context/src/sub/c.c
    made "a1 b2 c2" 1 "$1: below a folder"
    echo n1 >context/src/n.c
    made "a1 b2 n1 c2" 1 "$1: a deleted file is back"
}

dockerfile <<'END'
FROM busybox
COPY mk /mk
COPY src /src
RUN --mount=type=cache,target=/copied sh /mk /copied /src /out
END
changes copied

dockerfile <<'END'
FROM busybox
COPY mk /mk
RUN --mount=type=cache,target=/mounted --mount=target=/work,source=src sh /mk /mounted /work /out
END
changes mounted

dockerfile <<'END'
FROM busybox AS generated
COPY src /in
RUN cp -r /in /src
FROM busybox
COPY mk /mk
COPY --from=generated /src /src
RUN --mount=type=cache,target=/generated sh /mk /generated /src /out
END
changes generated

# Files that a command made, and sees at the same place.
dockerfile <<'END'
FROM busybox
COPY mk /mk
COPY src /in
RUN cp -r /in /src
RUN --mount=type=cache,target=/commanded sh /mk /commanded /src /out
END
sources
made "a1 b1 c1" 3
echo a2 >context/src/a.c
made "a2 b1 c1" 1 "made by a command"

# Two commands of one chain share the objects; what the first compiles anew is no more fresh for the second than it was.
dockerfile <<'END'
FROM busybox
COPY mk /mk
COPY src /src
RUN --mount=type=cache,target=/chain sh /mk /chain /src/sub /lib
RUN --mount=type=cache,target=/chain sh /mk /chain /src /out
END
sources
made "a1 b1 c1" 3
echo a2 >context/src/a.c
made "a2 b1 c1" 1 "the second command"
echo c2 >context/src/sub/c.c
made "a2 b1 c2" 1 "the first command"

# Placeholders that a first command compiles and takes away: the real ones are not what it saw.
dockerfile <<'END'
FROM busybox
COPY mk deps /
RUN --mount=type=cache,target=/placeholder sleep 1 && mkdir /src && echo placeholder >/src/a.c && cat /deps && sh /mk /placeholder /src /lib && rm -r /src
COPY src /src
RUN --mount=type=cache,target=/placeholder sh /mk /placeholder /src /out
END
sources
rm -r context/src/sub context/src/b.c
echo 1 >context/deps
made a1 2
echo 2 >context/deps
made a1 2 "a placeholder is compiled again"
echo a2 >context/src/a.c
made a2 1

# A step that fails after it has compiled: what it made stays, what it did not get to is still to be made.
dockerfile <<'END'
FROM busybox
COPY mk fails /
COPY src /src
RUN --mount=type=cache,target=/failing sh /mk /failing /src/sub /lib && ! grep yes /fails && sh /mk /failing /src /out
END
sources
echo no >context/fails
made "a1 b1 c1" 3
echo yes >context/fails
echo a2 >context/src/a.c
echo c2 >context/src/sub/c.c
exits 1 "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=local,dest=out context
assert_eq 1 "$(compiled)"
echo no >context/fails
made "a2 b1 c2" 1 "after a failed step"
# What a failed step compiled of files that it changed itself is not what the next one has.
dockerfile <<'END'
FROM busybox
COPY mk fails /
COPY src /src
RUN --mount=type=cache,target=/failing if grep -q yes /fails; then echo mine >/src/a.c; fi; sh /mk /failing /src /out && ! grep yes /fails
END
made "a2 b1 c2" 0
echo yes >context/fails
exits 1 "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=local,dest=out context
echo no >context/fails
made "a2 b1 c2" 1 "a failed step had other sources"

# A symlink that leads elsewhere makes what it leads to newer.
dockerfile <<'END'
FROM busybox
COPY mk /mk
COPY src /src
RUN --mount=type=cache,target=/linked sh /mk /linked /src/now/ /out
END
rm -rf context/src
mkdir -p context/src/one context/src/two
echo x1 >context/src/one/x.c
echo x2 >context/src/two/x.c
ln -s one context/src/now
made x1 1
ln -sfn two context/src/now
made x2 1 "a changed symlink"
ln -sfn one context/src/now
made x1 1 "a symlink changed back"
