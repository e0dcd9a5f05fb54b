#!/usr/bin/env bash
# The plan, outputs and the store may lie inside the build context: they are no part of it, or a build would feed the next one.
. "$(dirname "$0")/../support/e2e.sh"

mkdir project
cd project
echo text >file.txt
printf 'FROM busybox\nCOPY . /all\n' >Dockerfile
echo log >.dockerignore
cat >mabplan.yaml <<END
targets:
  web:
    context: .
    platforms: [linux/amd64]
    additional_contexts: {busybox: "$busybox"}
    output: ["type=oci,dest=dist/web,tar=false"]
END
export MABPLAN_CACHE_DIR=$PWD/store
for _ in 1 2; do
    exits 0 "$MABPLAN" compile
    exits 0 "$MABPLAN" run
done
assert_eq 0 "$(executed)" "actions of the second run"
digest=$(image_digest dist/web)
unpack dist/web amd64 ../image
assert_eq ".dockerignore Dockerfile file.txt mabplan.yaml" "$(cd ../image/rootfs/all && find . -type f | sed 's,^./,,' | sort | xargs)"

# With flags the same, whatever the outputs are called.
flags=(--build-context "busybox=$busybox" -o "type=oci,dest=a*[b],tar=false" --iidfile id.txt --metadata-file meta.json)
for _ in 1 2; do exits 0 "$MABPLAN" build "${flags[@]}" .; done
assert_eq 0 "$(executed)" "actions of the second build"
assert_ne "$digest" "" "the digest"

# A folder that is no output stays in.
mkdir dist/other
echo x >dist/other/kept
exits 0 "$MABPLAN" compile
exits 0 "$MABPLAN" run
unpack dist/web amd64 ../image2
[ -f ../image2/rootfs/all/dist/other/kept ] || fail "a file beside the output is missing"
[ ! -e ../image2/rootfs/all/dist/web ] || fail "the output is in the image"
