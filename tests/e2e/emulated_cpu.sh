#!/usr/bin/env bash
# Programs for arm64 see a CPU without signed addresses; what needs more gets more; the choice is on record, and in keys where it is not
# what every host makes. A step may change its root to one where nothing of the emulator is.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(uname -m)" = x86_64 ] || skip "emulators are given their CPU on x86_64 only"
qemu=$(command -v qemu-aarch64-static) || skip "qemu-user-static is not installed"

# arm64_program FILE INSTRUCTION: a program of one instruction and of ending with 0.
arm64_program() {
    python3 - "$1" "$2" <<'PYTHON'
import os, struct, sys
code = struct.pack("<4I", int(sys.argv[2], 16), 0xD2800000, 0xD2800BA8, 0xD4000001)
head = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\x02\x01\x01", 2, 183, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
load = struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 120 + len(code), 120 + len(code), 0x10000)
open(sys.argv[1], "wb").write(head + load + code)
os.chmod(sys.argv[1], 0o755)
PYTHON
}
arm() { exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 "$@" context; }
emulators() { "$MABPLAN" cache ls --json | jq -r '[.. | .emulator? | strings | select(. != "")] | unique | .[]'; }

exits 0 "$MABPLAN" doctor
grep -qE 'emulator aarch64: .*version .*, cpu neoverse-n1' log || { cat log; fail "doctor does not name the cpu"; }

# Names, paths and users are as without an emulator, and nothing of it shows. In a root within the root there is no /dev and no /proc.
dockerfile <<'END'
FROM busybox
RUN uname -m > /said && readlink /proc/self/exe >> /said && (env; cat /proc/mounts) | grep -ci qemu >> /said; mkdir -p /tmp && chmod 1777 /tmp
RUN mkdir -p /inner/bin && cp /bin/busybox /inner/bin/ && chroot /inner /bin/busybox sh -c 'test ! -e /dev && test ! -e /proc && /bin/busybox echo from within' >> /said
USER nobody
RUN id -un > /tmp/user
END
arm -o type=oci,dest=out,tar=false
unpack out arm64 image
assert_eq "aarch64 /bin/readlink 0 from within" "$(tr '\n' ' ' <image/rootfs/said | sed 's/ $//; s|/bin/busybox|/bin/readlink|')" "what the programs saw"
assert_eq nobody "$(cat image/rootfs/tmp/user)"
grep -qE '^qemu-aarch64-static \(qemu-aarch64 version .*\), cpu neoverse-n1$' <(emulators) || { emulators; fail "the cpu is not on record"; }

# Instructions of Armv8.1 run; vectors and signed addresses need more, get it, and the result is found again.
arm64_program context/atomic b82103e0
arm64_program context/vector 0420e3e0
arm64_program context/signed 9ac23020
dockerfile <<'END'
FROM busybox
COPY atomic vector signed /
RUN /atomic
RUN /vector || exit 1
RUN /signed; test $? = 0
END
arm
assert_says log 'needs an instruction that cpu neoverse-n1 lacks: run again with cpu max,pauth=off'
assert_says log 'needs an instruction that cpu max,pauth=off lacks: run again with cpu max,pauth-impdef=on'
grep -q ', cpu max,pauth-impdef=on$' <(emulators) || { emulators; fail "the wider cpu is not on record"; }
arm
assert_says log 'nothing to do'

# What one command needs changes nothing for others: before, beside or after it they see the same CPU, and do the same.
dockerfile <<'END'
FROM busybox AS needs
COPY vector /
RUN /vector; test $? = 0
FROM busybox
COPY vector /
COPY --from=needs /bin/busybox /later
RUN if /vector; then echo has; else echo lacks; fi >/said
END
seen_with() {
    MABPLAN_CACHE_DIR=$work/store-of-$1 arm -j "$2" -o type=tar,dest="$1.tar"
    assert_says log 'run again with cpu max,pauth=off'
    tar -xOf "$1.tar" said
}
assert_eq lacks "$(seen_with after 1)"
sed -i '/--from=needs/d; s/^RUN if/RUN sleep 0.3; if/' context/Dockerfile
printf 'FROM scratch\nCOPY --from=needs /vector /\nCOPY --from=1 /said /\n' >>context/Dockerfile
assert_eq lacks "$(seen_with beside 4)"
# and a command that goes on without the instruction is told of
assert_says log 'went on though a program in it met an instruction that cpu neoverse-n1 lacks'

# The user's own choice goes first, is on record, and is the last one.
dockerfile <<'END'
FROM busybox
COPY vector signed /
ENV QEMU_CPU=max
RUN /vector && /signed || exit 1
END
arm
assert_silent_about log 'needs an instruction'
grep -q ', cpu max by QEMU_CPU$' <(emulators) || { emulators; fail "the user's cpu is not on record"; }
printf 'FROM busybox\nCOPY vector /\nENV QEMU_CPU=cortex-a57\nRUN /vector\n' >context/Dockerfile
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 context
assert_silent_about log 'run again'
assert_says log 'cpu cortex-a57 by QEMU_CPU'

# A native command that starts a program for arm64 can do so whether or not the plan has another reason to emulate.
dockerfile <<'END'
FROM busybox
COPY atomic /
RUN /atomic; echo $? >/said
END
for platforms in linux/amd64 linux/amd64,linux/arm64; do
    MABPLAN_CACHE_DIR=$work/store-of-${platforms//[^a-z0-9]/-} exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform $platforms -o type=oci,dest=foreign,tar=false context
    unpack foreign amd64 foreign.image
    assert_eq 0 "$(cat foreign.image/rootfs/said)" "a program for arm64 in a native command, with $platforms"
    rm -rf foreign foreign.image*
done

# A program that no CPU runs fails as ever.
arm64_program context/nothing 00000000
dockerfile <<'END'
FROM busybox
COPY nothing /
RUN /nothing
END
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 context
assert_says log 'which says that the program itself crashed'

# An image that is run is not run again, but told how.
dockerfile <<'END'
FROM scratch
COPY vector /
CMD ["/vector"]
END
arm -o type=oci,dest=vector,tar=false
exits 132 "$MABPLAN" image run --platform linux/arm64 vector
assert_says log '-e QEMU_CPU=max'
exits 0 "$MABPLAN" image run --platform linux/arm64 -e QEMU_CPU=max vector

# A QEMU that does not know the first model: the next one; what it makes is found again by its content, and not by the definition alone.
mkdir old new
sed 's/neoverse-n1/neoverse-x9/g' "$qemu" >old/qemu-aarch64
chmod 755 old/qemu-aarch64
dockerfile <<'END'
FROM busybox
RUN echo something > /made
END
only_old() { PATH=$work/old exits 0 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/arm64 context; }
only_old
grep -q '^qemu-aarch64 (.*), cpu max,pauth=off$' <(emulators) || { emulators; fail "the second model is not on record"; }
only_old
assert_eq 0 "$(executed)" "actions executed again"
arm
assert_eq 1 "$(executed)" "actions executed with the usual cpu"
only_old
assert_says log 'nothing to do'

# Of several the newest, by name.
sed 's/qemu-aarch64 version [0-9]/qemu-aarch64 version 9/' "$qemu" >new/qemu-aarch64
chmod 755 new/qemu-aarch64
PATH=$work/new:$PATH exits 0 "$MABPLAN" doctor
assert_says log "$work/new/qemu-aarch64: qemu-aarch64 version 9"
assert_says log "; the newest, beside "
