#!/usr/bin/env bash
# -o type=local writes the file system of the result, -o type=tar a tar of it, -o type=oci a tar of the layout.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY tree /
END
mkdir -p context/tree/sub
echo 1 >context/tree/a
echo 2 >context/tree/sub/b
ln -s a context/tree/link
ln context/tree/a context/tree/sub/again
chmod 2750 context/tree/sub
touch -h -d @1000000000 context/tree/a context/tree/link context/tree/sub
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=local,dest=local context
assert_eq 1 "$(cat local/a)"
assert_eq 2 "$(cat local/sub/b)"
assert_eq a "$(readlink local/link)"
assert_eq "2750 2" "$(stat -c %a local/sub) $(stat -c %h local/a)"
assert_eq "315532801 315532801 315532801" "$(stat -c %Y local/a local/link local/sub | xargs)"
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=tar,dest=tree.tar context
mkdir from-tar
tar xf tree.tar -C from-tar
assert_eq 2 "$(cat from-tar/sub/b)"
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=layout.tar context
mkdir from-layout
tar xf layout.tar -C from-layout
assert_eq 1.0.0 "$(jq -r .imageLayoutVersion from-layout/oci-layout)"
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=folder,tar=false context
assert_eq "$(image_digest folder)" "$(image_digest from-layout)"
# One for docker load, which is a layout as well; several outputs of one build.
exits 0 "$MABPLAN" build --platform linux/amd64 -t app:1 -o type=docker,dest=docker.tar -o type=oci,dest=beside,tar=false -o beside-files context
assert_eq "$(jq -c '.architecture, .rootfs' <(skopeo inspect --config oci:beside))" \
    "$(jq -c '.architecture, .rootfs' <(skopeo inspect --config docker-archive:docker.tar:docker.io/library/app:1))"
skopeo copy -q docker-archive:docker.tar:docker.io/library/app:1 oci:loaded:1
assert_eq 2 "$(cat beside-files/sub/b)"
mkdir from-docker
tar xf docker.tar -C from-docker
assert_eq "$(image_digest folder)" "$(image_digest from-docker)"
exits 2 "$MABPLAN" build --platform linux/amd64,linux/arm64 -o type=docker,dest=docker.tar context
assert_says log "type=docker holds one platform, and there are 2"
# Names of an output's own, beside those of -t.
exits 0 "$MABPLAN" build --platform linux/amd64 -t app:1 -o type=docker,dest=named.tar,name=other:2 -o 'type=oci,dest=named,tar=false,"name=a:1,b:2"' context
assert_eq '["app:1","other:2"]' "$(tar -xOf named.tar manifest.json | jq -c '.[0].RepoTags')"
assert_eq "docker.io/library/app:1 docker.io/library/a:1 docker.io/library/b:2" "$(jq -r '[.manifests[].annotations["io.containerd.image.name"]] | join(" ")' named/index.json)"
exits 2 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=named,tar=false,name=Wrong context
exits 2 "$MABPLAN" build --platform linux/amd64 -o type=local,dest=named-files,name=a:1 context
# Several platforms: one folder for each.
exits 0 "$MABPLAN" build --platform linux/amd64,linux/arm64 -o type=local,dest=both context
assert_eq "linux_amd64 linux_arm64" "$(ls both | xargs)"

# What is in the way is told before anything is built; what was in a folder before is replaced, and no link of it is followed.
mkdir folder-there outside
touch file-there outside/kept
for wrong in "file-there type=local" "file-there type=oci,tar=false" "folder-there type=tar" "folder-there type=oci" "folder-there type=docker"; do
    exits 2 "$MABPLAN" build --platform linux/amd64 -o "${wrong#* },dest=${wrong% *}" context
    assert_says log "and a ${wrong%%-*} is there"
    assert_says log 'name another destination'
done
exits 2 "$MABPLAN" build --platform linux/amd64 -o type=cacheonly,dest=x context
assert_says log 'type=cacheonly does not know "dest"'
rm -r local/sub
ln -s "$work/outside" local/sub
rm local/a && mkdir -p local/a/deep
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=local,dest=local context
assert_eq "1 2 kept" "$(cat local/a) $(cat local/sub/b) $(ls outside)"

# Deeper than a path may be long.
python3 - deep.tar <<'PY'
import io, sys, tarfile
with tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT) as tar:
    tar.addfile(tarfile.TarInfo("/".join(["d" * 100] * 60)), io.BytesIO(b""))
PY
python3 "$support/layout_of.py" deep-base deep.tar
printf 'FROM deep\nCOPY tree/a /top\n' >context/deep
exits 0 "$MABPLAN" build --build-context "deep=oci-layout://$PWD/deep-base" -f context/deep -o type=local,dest=deep-out context
assert_eq 61 "$(cd deep-out && depth=1 && while cd "$(printf 'd%.0s' {1..100})" 2>/dev/null; do depth=$((depth + 1)); done; echo $((depth + 1)))"

# Several outputs with images: each is told with its own digest.
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=oci,dest=one,tar=false -o type=oci,dest=two,tar=false,compression=zstd -o type=local,dest=three context
"$MABPLAN" build --platform linux/amd64 -o type=oci,dest=one,tar=false -o type=oci,dest=two,tar=false,compression=zstd -o type=local,dest=three --json --progress quiet context >result.json
assert_eq "$(image_digest one) $(image_digest two) null" "$(jq -r '[.targets[0].outputs[].digest | tostring] | join(" ")' result.json)"
assert_eq "$(image_digest one)" "$(jq -r '.targets[0].digest' result.json)"
assert_says log "$(image_digest one) -> one, three"
assert_says log "$(image_digest two) -> two"
exits 2 "$MABPLAN" image inspect layout.tar
assert_says log 'oci-archive:layout.tar'
exits 0 "$MABPLAN" image inspect oci-archive:layout.tar
exits 2 "$MABPLAN" image inspect ./nowhere
assert_says log '"./nowhere" is no folder with an OCI layout'
