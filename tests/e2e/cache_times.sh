#!/usr/bin/env bash
# What compares times in a cache mount takes nothing old for fresh, and builds nothing that has not changed: with files that are copied,
# mounted, or come from a rebuilt stage; changed, changed back, new, deleted.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/compiling.sh"

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
