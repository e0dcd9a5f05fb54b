#!/usr/bin/env bash
# --no-cache starts cache mounts empty, once for a run, and leaves running builds what they have. A seeded mount has mode and owner of its
# source; defaults that are written out are the same cache.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN --mount=type=cache,target=/cache echo one >>/cache/log && cp /cache/log /first
RUN --mount=type=cache,target=/cache echo two >>/cache/log && cp /cache/log /second
RUN --mount=type=cache,target=/cache,sharing=locked cat /cache/log >/third
END
build out --platform linux/amd64
unpack out amd64 first
assert_eq "one two" "$(xargs <first/rootfs/third)"
build out --platform linux/amd64 --no-cache
unpack out amd64 second
assert_eq "one" "$(xargs <second/rootfs/first)" "started empty"
assert_eq "one two" "$(xargs <second/rootfs/second)" "once for a run"
assert_eq "one two" "$(xargs <second/rootfs/third)"
echo 'RUN --mount=type=cache,target=/cache cat /cache/log >/fourth' >>context/Dockerfile
build out --platform linux/amd64
unpack out amd64 third
assert_eq "one two" "$(xargs <third/rootfs/fourth)" "what it left is there for others"

# A build that is running keeps its folder.
mkdir running
printf 'FROM busybox\nRUN --mount=type=cache,target=/busy echo mine >/busy/log && sleep 3 && cat /busy/log >/kept\n' >running/Dockerfile
"$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=local,dest=kept running >running.log 2>&1 &
pid=$!
sleep 1
dockerfile <<'END'
FROM busybox
RUN --mount=type=cache,target=/busy ls /busy >/found && echo other >/busy/log
END
build out --platform linux/amd64 --no-cache
unpack out amd64 busy
assert_eq "" "$(cat busy/rootfs/found)"
wait $pid || { cat running.log >&2; fail "the running build was disturbed"; }
assert_eq mine "$(cat kept/kept)"

dockerfile <<'END'
FROM busybox AS seed
RUN mkdir /s && echo seed >/s/file && chown 5:6 /s && chmod 710 /s
FROM busybox
RUN --mount=type=cache,target=/a,from=seed,source=/s stat -c '%u:%g %a' /a >/seeded
RUN --mount=type=cache,target=/b,from=seed,source=/s,uid=0,mode=0700 stat -c '%u:%g %a' /b >/wished
RUN --mount=type=cache,target=/same echo x >/same/x
RUN --mount=type=cache,target=/same,uid=0,gid=0,mode=0755 cat /same/x >/found
RUN --mount=type=cache,target=/a,from=seed,source=/s,uid=5,mode=0710 echo x >/a/x
RUN --mount=type=cache,target=/a,from=seed,source=/s cat /a/x >/found-too
END
build out --platform linux/amd64
unpack out amd64 seeded
assert_eq "5:6 710" "$(cat seeded/rootfs/seeded)"
assert_eq "0:6 700" "$(cat seeded/rootfs/wished)"
assert_eq x "$(cat seeded/rootfs/found)"
assert_eq x "$(cat seeded/rootfs/found-too)"

# --no-cache-filter executes a stage again, whatever builds on it; others keep what they have.
dockerfile <<'END'
FROM busybox AS a
RUN cat /proc/sys/kernel/random/uuid >/a
FROM busybox AS b
RUN cat /proc/sys/kernel/random/uuid >/b
FROM busybox
COPY --from=a /a /a
COPY --from=b /b /b
END
numbers() { build numbers --platform linux/amd64 "$@" && rm -rf numbered && unpack numbers amd64 numbered && cat numbered/rootfs/a numbered/rootfs/b; }
first=$(numbers)
assert_eq "$first" "$(numbers)"
second=$(numbers --no-cache-filter a)
assert_ne "$(head -n 1 <<<"$first")" "$(head -n 1 <<<"$second")" "the stage was not executed again"
assert_eq "$(tail -n 1 <<<"$first")" "$(tail -n 1 <<<"$second")" "the other stage"
assert_eq "$second" "$(numbers)" "what it made is what there is from then on"
