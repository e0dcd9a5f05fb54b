#!/usr/bin/env bash
# Time in an image is the order of instructions: later layers are newer, clean builds agree, and what was older stays.
. "$(dirname "$0")/../support/e2e.sh"

base=315532800  # when busybox says that it was made
time_of() { stat -c %Y "image/rootfs$1"; }
created() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["created"])' image.config; }
clean_build() {
    export MABPLAN_CACHE_DIR=$work/store-$1
    build "$@"
}
look_into() {
    rm -rf image image.image image.config
    unpack "$1" amd64 image
}

# The n-th layer has the time of the base and n seconds, whatever the times of the context are.
dockerfile <<'END'
FROM busybox
RUN mkdir /a && echo first > /a/first && touch -d @1000000 /a/old && touch -d @4000000000 /a/future
COPY file /b/file
RUN [ /b/file -nt /a/first ] && [ ! /a/first -nt /b/file ] && echo newer > /c && echo $SOURCE_DATE_EPOCH > /epoch
RUN touch /a/first
RUN [ /a/first -nt /c ]
END
echo content >context/file
touch -d @5 context/file
clean_build one
look_into one
assert_eq "$((base + 4))" "$(time_of /a/first)"
assert_eq 1000000 "$(time_of /a/old)" "a time that belongs to the content"
assert_eq "$((base + 1))" "$(time_of /a/future)"
assert_eq "$((base + 2))" "$(time_of /b/file)"
assert_eq "$((base + 2))" "$(time_of /b)"
assert_eq "$((base + 3))" "$(time_of /c)"
assert_eq "$base" "$(cat image/rootfs/epoch)"
assert_eq 1980-01-01T00:00:05Z "$(created)"
touch -d @9000000 context/file
sleep 1.1
clean_build two
assert_eq "$(image_digest one)" "$(image_digest two)" "times of the context are no part of an image"

# A time below that of its layer is part of what is copied: two that differ in it are two, in one store too.
copied_time() {
    printf 'FROM busybox AS made\nRUN touch -d @%s /f\nFROM scratch\nCOPY --from=made /f /g\n' "$1" >context/Dockerfile
    build "copied-$1"
    look_into "copied-$1"
    time_of /g
}
assert_eq 11 "$(copied_time 11)"
assert_eq 22 "$(copied_time 22)"

# What comes from another stage keeps its times, and what is copied next is newer all the same.
dockerfile <<'END'
FROM busybox AS deps
RUN echo object > /object
RUN true > /later
FROM busybox
COPY --from=deps /object /later /work/
COPY file /work/source
RUN [ /work/source -nt /work/later ] && [ /work/later -nt /work/object ]
END
build stages

# A given time: nothing is later, and the image is of it.
dockerfile <<'END'
ARG SOURCE_DATE_EPOCH=1000000000
FROM busybox
RUN echo x > /x && echo $SOURCE_DATE_EPOCH > /epoch
COPY file /file
END
build given
look_into given
assert_eq 999996401 "$(time_of /x)"
assert_eq 999996402 "$(time_of /file)"
assert_eq 1000000000 "$(cat image/rootfs/epoch)"
assert_eq 2001-09-09T01:46:40Z "$(created)"
sed -i 's/=1000000000/=yesterday/' context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log "Dockerfile:1"
assert_says log "invalid SOURCE_DATE_EPOCH: yesterday"

# Docker's behaviour on request.
dockerfile <<'END'
FROM busybox
COPY file /file
END
touch -d @7654321 context/file
build kept --reproducible=off
look_into kept
assert_eq 7654321 "$(time_of /file)"

# The time of the commit.
command -v git >log || skip "git is not there for the rest"
git init -q -b main context
git -C context add Dockerfile file
git -C context -c user.name=me -c user.email=me@example.com -c commit.gpgsign=false commit -q -m one
committed=$(git -C context log -1 --format=%ct)
cat >context/mabplan.yaml <<END
reproducible: {source_date_epoch: git}
targets:
  it: {context: ., additional_contexts: {busybox: "$busybox"}, output: ["type=oci,dest=$work/commit,tar=false"]}
END
exits 0 "$MABPLAN" compile -C context
exits 0 "$MABPLAN" run -C context
look_into commit
assert_eq "$(date -u -d "@$committed" +%Y-%m-%dT%H:%M:%SZ)" "$(created)"
assert_eq "$((committed - 3600 + 1))" "$(time_of /file)"
rm -rf context/.git
exits 2 "$MABPLAN" compile -C context
assert_says log "is at no commit of a repository"

# The time that a command gives to a folder is part of its layer, as it is for a file; that of one in which things came and went is not.
dockerfile <<'END'
FROM busybox
RUN mkdir /a /b /c /held
RUN touch -d @0 /a && touch /b/x && rm /b/x && touch -d @7 /c/y /c
RUN --mount=type=tmpfs,target=/held/mount touch -d @5 /held
RUN --mount=type=tmpfs,target=/held/mount touch /held/z && touch -d @6 /held
END
build folders
look_into folders
assert_eq 0 "$(time_of /a)"
assert_eq "$((base + 1))" "$(time_of /b)"
assert_eq 7 "$(time_of /c)"
assert_eq 6 "$(time_of /held)"
skopeo copy -q --override-arch amd64 oci:folders dir:folders.layers
listed() { python3 -c 'import json, sys; print(json.load(open("folders.layers/manifest.json"))["layers"][int(sys.argv[1])]["digest"].split(":")[1])' "$1"; }
assert_eq "a/ c/ c/y" "$(tar -tzf "folders.layers/$(listed -3)" | xargs)"
assert_eq "1970-01-01 00:00:05 held/" "$(TZ=UTC tar --full-time -tvzf "folders.layers/$(listed -2)" | awk '{ print $4, $5, $NF }')"
