#!/usr/bin/env bash
# Makes the base image debian:12 of the long tests, an OCI layout, out of the packages of this machine's own sources.
#
#   debian_base.sh OUT MABPLAN [ARCH]      OUT: the layout; what is there already is left alone. ARCH: Debian's word for an architecture
#                                          whose programs run here natively; else this machine's
#   debian_base.sh OUT MABPLAN ARCH ARCH…  for several ones, of which one may be foreign: amd64 arm64
#
# One is made by mmdebstrap. For several debootstrap unpacks the packages here, and its second stage is a step of a build, emulated
# where need be. Ends with 77 and a reason where packages cannot be fetched or a tool is missing.
set -euo pipefail
out=$1 mabplan=$2
shift 2
[ $# -gt 0 ] || set -- "$(dpkg --print-architecture)"
[ -f "$out/index.json" ] && exit 0

tool=mmdebstrap
[ $# -eq 1 ] || tool=debootstrap
command -v $tool >/dev/null || { echo "$tool is not installed; tools/setup --long"; exit 77; }
codename=bookworm
mkdir -p "$(dirname "$out")"
exec 9>"$out.lock"
flock 9
[ -f "$out/index.json" ] && exit 0
work=$(mktemp -d "$out.making.XXXXXX")
trap 'rm -rf "$work"' EXIT
context=$work/context sources=$work/context/sources.list
mkdir "$context"

# As the machine fetches its own packages: no address stands here. $1: what follows the code name.
list_sources() {
    apt-get indextargets --format 'deb $(REPO_URI) $(CODENAME) $(COMPONENT)' 'Created-By: Packages' | grep -E " $codename$1 main$" | sort -u >"$sources"
    [ -s "$sources" ] || { echo "this machine has no source of Debian $codename"; exit 77; }
}
no_packages() { echo "no packages are to be had: $(tail -n 1 "$work/log")"; exit 77; }
make_tar() {
    list_sources "$2"
    mmdebstrap --quiet --variant=apt --architectures="$1" --aptopt='Acquire::Check-Valid-Until "false"' --aptopt="$no_recommends" \
        "$codename" "$context/base.tar" "$sources" >"$work/log" 2>&1
}

no_recommends='APT::Install-Recommends "false";'
if [ $# -eq 1 ]; then
    # What is newer than the release may lack an architecture for a while.
    make_tar "$1" '(-updates|-security)?' || make_tar "$1" '' || no_packages
    instructions='ADD base.tar /'
else
    list_sources '(-updates|-security)?'
    mirror=$(awk -v codename=$codename '$3 == codename { print $2; exit }' "$sources")
    for arch in "$@"; do
        debootstrap --foreign --arch="$arch" --variant=minbase "$codename" "$work/$arch" "$mirror" >"$work/log" 2>&1 || no_packages
        # In a container it makes /proc a link to the outer one.
        rm -rf --one-file-system "$work/$arch"/{proc,dev}
        mkdir "$work/$arch"/{proc,dev}
        tar -C "$work/$arch" -cf "$context/base-$arch.tar" .
        rm -rf "${work:?}/$arch"
    done
    printf '%s\n' "$no_recommends" >"$context/99base"
    instructions='ARG TARGETARCH
ADD base-$TARGETARCH.tar /
# lxc: no device nodes, which cannot be made without root
RUN container=lxc /debootstrap/debootstrap --second-stage && apt-get clean
COPY 99base /etc/apt/apt.conf.d/
COPY sources.list /etc/apt/'
fi
cat >"$context/Dockerfile" <<END
FROM scratch
ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive
$instructions
CMD ["bash"]
END
platforms=$(printf 'linux/%s,' "${@/#i386/386}")
"$mabplan" build --cache-dir "$work/store" --progress quiet --platform "${platforms%,}" -t debian:latest -o "type=oci,dest=$work/layout,tar=false,compression=zstd" "$context"
chmod -R a+rX "$work/layout"
mv "$work/layout" "$out"
