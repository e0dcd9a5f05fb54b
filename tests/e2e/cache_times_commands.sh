#!/usr/bin/env bash
# Objects in a cache mount that several commands use: two of one chain, one with placeholders, one that failed, and behind a changed symlink.
. "$(dirname "$0")/../support/e2e.sh"
. "$support/compiling.sh"

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
echo b2 >context/src/b.c
made "a2 b2 c2" 2 "a failed step had other sources"

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
echo "not as it was" >context/src/other
made x1 1 "a symlink changed back"
