#!/usr/bin/env bash
# platform-split of type=local and type=tar: a folder for each platform, or all of them in one.
. "$(dirname "$0")/../support/e2e.sh"

three=(--platform linux/amd64,linux/arm64,linux/arm/v7)
names() { (cd "$1" && find . -mindepth 1 | sort | xargs); }
in_tar() { tar tf "$1" | sed 's,/$,,' | sort | xargs; }
dockerfile <<'END'
FROM scratch
ARG TARGETARCH
COPY both $TARGETARCH /
END
mkdir -p context/both/doc context/{amd64,arm64,arm}/bin
echo same >context/both/doc/LICENSE
ln -s doc/LICENSE context/both/link
chmod 555 context/both/doc
for arch in amd64 arm64 arm; do echo $arch >context/$arch/bin/app-$arch; done

# Several platforms have folders, one has none; either way it can be said.
exits 0 "$MABPLAN" build "${three[@]}" -o type=local,dest=split context
assert_eq "linux_amd64 linux_arm64 linux_arm_v7" "$(ls split | xargs)"
assert_eq "./bin ./bin/app-arm ./doc ./doc/LICENSE ./link" "$(names split/linux_arm_v7)"
exits 0 "$MABPLAN" build --platform linux/arm/v7 -o type=local,dest=one -o type=local,dest=one-split,platform-split=true \
    -o type=tar,dest=one.tar -o type=tar,dest=one-split.tar,platform-split=1 context
assert_eq "bin doc link" "$(ls one | xargs)"
assert_eq "linux_arm_v7" "$(ls one-split)"
assert_eq "bin bin/app-arm doc doc/LICENSE link" "$(in_tar one.tar)"
assert_eq "linux_arm_v7 linux_arm_v7/bin linux_arm_v7/bin/app-arm linux_arm_v7/doc linux_arm_v7/doc/LICENSE linux_arm_v7/link" "$(in_tar one-split.tar)"
exits 0 "$MABPLAN" build "${three[@]}" -o type=tar,dest=split.tar context
assert_eq 3 "$(tar tf split.tar | grep -c LICENSE)"

# Together: what all have is there once.
exits 0 "$MABPLAN" build "${three[@]}" -o type=local,dest=merged,platform-split=false -o type=tar,dest=merged.tar,platform-split=false context
assert_eq "./bin ./bin/app-amd64 ./bin/app-arm ./bin/app-arm64 ./doc ./doc/LICENSE ./link" "$(names merged)"
assert_eq "555 $(stat -c %a context/both/doc/LICENSE)" "$(stat -c %a merged/doc merged/doc/LICENSE | xargs)"
assert_eq "bin bin/app-amd64 bin/app-arm bin/app-arm64 doc doc/LICENSE link" "$(in_tar merged.tar)"
exits 0 "$MABPLAN" build "${three[@]}" -o type=local,dest=merged,platform-split=false context

# What differs is refused before anything is written, whatever it is.
refused() {
    for type in local tar; do
        exits 2 "$MABPLAN" build "${three[@]}" -o "type=$type,dest=bad,platform-split=false" context
        assert_says log "\"/$1\" is not the same for linux/amd64 and linux/$2: they can't be put into one folder"
        assert_says log "hint: leave platform-split=false out"
        [ ! -e bad ] || fail "something was written"
    done
}
for arch in amd64 arm64 arm; do echo $arch >context/$arch/bin/app; done
refused bin/app arm64
rm context/arm64/bin/app context/amd64/bin/app
cp context/arm/bin/app context/amd64/bin/app
chmod 755 context/amd64/bin/app
refused bin/app arm/v7
rm context/*/bin/app
ln -s app-amd64 context/amd64/bin/app
mkdir context/arm64/bin/app
refused bin/app arm64
rm -r context/*/bin/app

# In mabplan.yaml, and for `run -o`. An optional platform that fails does not move the others.
cat >context/Dockerfile <<'END'
FROM busybox AS made
ARG TARGETARCH
RUN test $TARGETARCH = amd64 && echo x > /x
FROM scratch
COPY --from=made /x /
END
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64, {platform: linux/arm64, optional: true}]
    additional_contexts: {busybox: "$busybox"}
    output: [dist, {type: local, dest: flat, platform-split: false}]
END
exits 0 "$MABPLAN" compile
exits 3 "$MABPLAN" run
assert_eq "./linux_amd64 ./linux_amd64/x" "$(names dist)"
assert_eq "./x" "$(names flat)"
exits 3 "$MABPLAN" run -o type=local,dest=again -o type=local,dest=again-flat,platform-split=false
assert_eq "./linux_amd64 ./linux_amd64/x" "$(names again)"
assert_eq "./x" "$(names again-flat)"
exits 2 "$MABPLAN" build -o type=oci,dest=x,platform-split=true context
assert_says log 'type=oci does not know "platform-split"'
