#!/usr/bin/env bash
# RUN --device: read in full, refused where it would run with the reason (36), unless this host has the device and may give it.
. "$(dirname "$0")/../support/e2e.sh"

mkdir cdi
export MABPLAN_CDI_PATH=$work/cdi
# device FLAGS [COMMAND]: the Dockerfile.
device() { printf 'FROM busybox\nRUN --device=%s %s\n' "$1" "${2:-true}" >context/Dockerfile; }
builds() { exits "$1" "$MABPLAN" build --platform linux/amd64 --build-context "busybox=$busybox" -o type=oci,dest=out,tar=false "${@:2}" context; }

device vendor.com/class=one,required
exits 0 "$MABPLAN" check --build-context "busybox=$busybox" context
builds 36
assert_says log 'no specification of a device on this host has "vendor.com/class=one": there is none in '
assert_says log Dockerfile:2
device vendor.com/class=one
builds 36
device vendor.com/class=one,required=false 'echo without >/made'
builds 0
assert_says log 'goes without the device vendor.com/class=one'
device vendor.com/class=one,requird
builds 2
assert_says log Dockerfile:2:5

cat >cdi/vendor.yaml <<'END'
cdiVersion: "0.6.0"
kind: vendor.com/class
devices:
  - name: zero
    containerEdits:
      env: [WHICH=zero, "EMPTY="]
      deviceNodes: [{path: /dev/of-vendor, hostPath: /dev/zero, permissions: r}]
  - name: hooked
    containerEdits:
      hooks: [{hookName: createContainer, path: /usr/bin/hook}]
  - name: absent
    containerEdits:
      deviceNodes: [{path: /dev/of-vendor-1}]
  - name: free
    annotations: {org.mobyproject.buildkit.device.autoallow: "true", org.mobyproject.buildkit.device.class: family}
    containerEdits:
      env: [WHICH=free]
containerEdits:
  env: [VENDOR=me]
END
device vendor.com/class=one
builds 36
assert_says log 'there are vendor.com/class=zero, vendor.com/class=hooked'
device vendor.com/class=hooked
builds 36 --allow device
assert_says log 'asks for a hook on the host (createContainer: /usr/bin/hook)'
device vendor.com/class=absent
builds 36 --allow device
assert_says log '/dev/of-vendor-1 is not there'

# What is given: variables, nodes; with consent, which the specification may give.
device vendor.com/class=zero '[ $WHICH$VENDOR = zerome ] && head -c 3 /dev/of-vendor | wc -c >/bytes'
builds 2
assert_says log 'needs your consent'
builds 2 --allow device=vendor.com/other
builds 0 --allow device=vendor.com/class
unpack out amd64 image
assert_eq 3 "$(cat image/rootfs/bytes)"
[ ! -e image/rootfs/dev/of-vendor ] || fail "the node is in the image"
device family '[ $WHICH = free ]'
builds 0

# A file that is none is said where it matters.
echo '{"kind": 1}' >cdi/broken.json
device vendor.com/class=two
builds 36
assert_says log 'broken.json is no specification of devices: '
