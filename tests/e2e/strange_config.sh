#!/usr/bin/env bash
# Configurations of others: entries of Env that are no variables stay in the image and out of every environment; what moby and containerd
# take without a word is taken.
. "$(dirname "$0")/../support/e2e.sh"

strange() { rm -rf base; python3 "$support/strange_base.py" base --on "$MABPLAN_BASES/busybox" "$@" '[("added", F)]'; }
on_base() { "$MABPLAN" build --platform linux/amd64 --build-context "strange=oci-layout://$PWD/base" -o "type=oci,dest=out,tar=false" -o type=tar,dest=out.tar "$@" context >log 2>&1; }
env_of() { skopeo inspect --config oci:out | python3 -c 'import json, sys; print(*json.load(sys.stdin)["config"]["Env"], sep="|")'; }

strange --settings '{"Env": ["PATH=/bin", "BARE", "", "=odd", "KEPT=1", "EMPTY="]}'
printf 'FROM strange\nRUN env >/seen; echo "[${BARE-unset}][${KEPT}]" >>/seen\nRUN cat /proc/self/environ | tr "\\0" "\\n" >/environ\n' >context/Dockerfile
on_base || { cat log; fail "it does not build"; }
assert_eq "PATH=/bin|BARE||=odd|KEPT=1|EMPTY=" "$(env_of)"
tar -xOf out.tar seen >seen
grep -qx 'KEPT=1' seen && grep -qx 'EMPTY=' seen || fail "a variable is missing"
grep -qx '\[unset\]\[1\]' seen || fail "an entry without = is a variable"
! grep -qE '^(BARE|=odd|)$' <(tar -xOf out.tar environ) || fail "what is no variable is in the environment"
assert_eq "1-unset" "$("$MABPLAN" image run --platform linux/amd64 out sh -c 'echo "$KEPT-${BARE-unset}"')"
# a value given later takes its place
printf 'FROM strange\nENV BARE=now\nRUN echo $BARE >/seen\n' >context/Dockerfile
on_base || { cat log; fail "it does not build"; }
assert_eq "PATH=/bin|BARE=now||=odd|KEPT=1|EMPTY=" "$(env_of)"
assert_eq now "$(tar -xOf out.tar seen)"

# words for lists, no os, a rootfs without a type, a null history: as moby reads them
printf 'FROM strange\nRUN true\n' >context/Dockerfile
strange --settings '{"Env": null, "Cmd": "true", "Entrypoint": null, "Labels": null, "Volumes": null}' --document '{"os": "absent", "history": null, "created": "yesterday"}'
on_base || { cat log; fail "it does not build"; }
assert_eq '["true"]' "$(skopeo inspect --config oci:out | python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["config"]["Cmd"]))')"
assert_eq linux "$(skopeo inspect --config oci:out | python3 -c 'import json, sys; print(json.load(sys.stdin)["os"])')"
strange --document '{"architecture": "absent"}'
on_base || { cat log; fail "the index says the architecture"; }

# a layer says itself how it is packed, whatever its type says; what can be no layer is refused
strange --layer-type application/vnd.oci.image.layer.v1.tar+gzip
on_base || { cat log; fail "a layer of a wrong type"; }
strange --layer-type application/vnd.docker.image.rootfs.diff.tar.zstd
on_base || { cat log; fail "a layer of a wrong type"; }
for type in application/vnd.oci.image.layer.v1.tar+gzip+encrypted application/vnd.in-toto+json; do
    strange --layer-type $type
    export MABPLAN_CACHE_DIR=$work/store-that-has-not-read-it
    status=0
    on_base || status=$?
    assert_eq 2 $status
    assert_says log "\"$type\" is not the media type of a layer that can be read"
    assert_says log 'Dockerfile:1'
done
