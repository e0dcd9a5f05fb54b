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
exits 0 "$MABPLAN" build --platform linux/amd64 -o type=local,dest=local context
assert_eq 1 "$(cat local/a)"
assert_eq 2 "$(cat local/sub/b)"
assert_eq a "$(readlink local/link)"
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
# Several platforms: one folder for each.
exits 0 "$MABPLAN" build --platform linux/amd64,linux/arm64 -o type=local,dest=both context
assert_eq "linux_amd64 linux_arm64" "$(ls both | xargs)"
