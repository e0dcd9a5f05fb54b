#!/usr/bin/env bash
# What can't be copied, made or found in the files of a stage ends with 1, wherever it is noticed, and says what stands in the way.
. "$(dirname "$0")/../support/e2e.sh"

mkdir -p context/tree/sub && touch context/tree/sub/file context/a

# refused TEXT…: the instructions on standard input fail as a step does, and each text is said.
refused() {
    { echo 'FROM busybox AS base'; echo 'RUN mkdir /real /there && ln -s real /link && ln -s /etc/passwd /to-file && touch /file && ln -s ../real /there/sub'; cat; } >context/Dockerfile
    exits 1 "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false context
    local text
    for text in "$@"; do assert_says log "$text"; done
}

# A directory is no replacement for a link or a file; the link says where it leads.
refused 'cannot copy a directory to "/there/sub": the image has a symlink to "../real" there' 'hint: ' <<'END'
COPY tree /there
END
refused 'cannot copy a file to "/real/file": the image has a directory there' <<'END'
RUN mkdir /real/file
COPY tree/sub/file /real/
END
refused 'cannot make the directory "/to-file": a symlink leads from there to "/etc/passwd", and that is a file in the image' 'hint: ' <<'END'
COPY tree /to-file
END
refused 'cannot make the directory "/to-file/below": a symlink leads from there to "/etc/passwd/below", and "/etc/passwd" is a file in the image' <<'END'
COPY a /to-file/below/
END
refused 'cannot make the directory "/to-file": a symlink leads from there to "/etc/passwd", and that is a file in the image' <<'END'
WORKDIR /to-file
END
refused '"/loop" leads through more than' 'they form a loop' <<'END'
RUN ln -s loop /loop
COPY tree /loop
END
refused '"/loop" leads through more than' 'they form a loop' <<'END'
RUN ln -s loop /loop
WORKDIR /loop
END

# A missing file is one kind of fault: of a copy, of all its sources, of a mount.
refused '"/nothing": not found; "/neither": not found' 'Dockerfile:4' <<'END'
FROM busybox
COPY --from=base /nothing /file /neither /d/
END
refused '"/nothing": not found' <<'END'
FROM busybox
RUN --mount=from=base,source=/nothing,target=/x true
END

# So is a working directory that is a file, of WORKDIR and of what a base brings, and a user that nobody knows.
refused '"/file" exists in the image and is a file, no directory' <<'END'
WORKDIR /file
END
refused '"/file" exists in the image and is a file, no directory' <<'END'
WORKDIR /file/below
END
refused 'the user "nobody-knows" is not in /etc/passwd of the image' <<'END'
USER nobody-knows
RUN true
END
refused 'the user "nobody-knows" is not in /etc/passwd of the image' <<'END'
COPY --chown=nobody-knows a /
END
