#!/usr/bin/env bash
# Makes the base image debian:12 of the long tests, an OCI layout, out of the packages of this machine's own sources, with mmdebstrap.
#
#   debian_base.sh OUT MABPLAN [ARCH]     OUT: the layout; what is there already is left alone. ARCH: Debian's word for an architecture
#                                         whose programs run here natively; else this machine's
#
# Ends with 77 and a reason where packages cannot be fetched or a tool is missing.
set -euo pipefail
out=$1 mabplan=$2 arch=${3:-$(dpkg --print-architecture)}
[ -f "$out/index.json" ] && exit 0

command -v mmdebstrap >/dev/null || { echo "mmdebstrap is not installed; tools/setup --long"; exit 77; }
codename=bookworm
mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
flock 9
[ -f "$out/index.json" ] && exit 0
work=$(mktemp -d "$out.making.XXXXXX")
trap 'rm -rf "$work"' EXIT

# As the machine fetches its own packages: no address stands here. What is newer than the release may lack an architecture for a while.
make_tar() {
    apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' | grep -E " $codename$1 main$" | sort -u >"$work/sources.list"
    [ -s "$work/sources.list" ] || { echo "this machine has no source of Debian $codename"; exit 77; }
    mmdebstrap --quiet --variant=apt --architectures="$arch" --aptopt='Acquire::Check-Valid-Until "false"' --aptopt='APT::Install-Recommends "false"' \
        "$codename" "$work/base.tar" "$work/sources.list" >"$work/log" 2>&1
}
make_tar '(-updates|-security)?' || make_tar '' || { echo "no packages are to be had: $(tail -n 1 "$work/log")"; exit 77; }

mkdir "$work/context"
mv "$work/base.tar" "$work/context/"
printf 'FROM scratch\nADD base.tar /\nENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive\nCMD ["bash"]\n' >"$work/context/Dockerfile"
[ "$arch" = i386 ] && platform=linux/386 || platform=linux/$arch
"$mabplan" build --cache-dir "$work/store" --progress quiet --platform "$platform" -t debian:latest -o "type=oci,dest=$work/layout,tar=false,compression=zstd" "$work/context"
chmod -R a+rX "$work/layout"
mv "$work/layout" "$out"
