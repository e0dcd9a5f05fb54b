# What a copy looks at, its stage and the image that it takes from, is fetched and unpacked side by side, also where no command needs it on
# the disk: a registry that gives no layer away before both were asked for is content.
. "$MABPLAN_SOURCE/tests/support/e2e.sh"

for name in one two; do
    echo "$name" >"context/$name"
    dockerfile <<END
FROM scratch
COPY $name /$name
END
    build layout -t "box:$name"
done
start_layout_registry --together 2 --layout layout
for ending in '' 'RUN --mount=type=bind,from=busybox,target=/tools ["/tools/bin/busybox", "true"]'; do
    "$MABPLAN" cache prune --all --force >log 2>&1
    dockerfile <<END
FROM $registry/box:one
COPY --from=$registry/box:two /two /copied
$ending
END
    rm -rf out got got.*
    build out
    unpack out amd64 got
    assert_eq one "$(cat got/rootfs/one)"
    assert_eq two "$(cat got/rootfs/copied)"
done

# a layer that is not to be had is named, and nothing waits for ever
"$MABPLAN" cache prune --all --force >log 2>&1
start_layout_registry --together 3 --layout layout
dockerfile <<END
FROM $registry/box:one
COPY --from=$registry/box:two /two /copied
END
exits 4 "$MABPLAN" build -o type=oci,dest=out,tar=false context
assert_says log " of $registry/box:"
