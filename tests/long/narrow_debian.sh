#!/usr/bin/env bash
# apt and curl reach the network in a step of a linux/386 image, as root and as a user of it; by root and by an ordinary user of this machine.
. "$(dirname "$0")/../support/e2e.sh"

[ "$(uname -m)" = x86_64 ] || skip "this machine does not run programs of i386"
why=$("$support/debian_base.sh" "$MABPLAN_BASES/debian-i386" "$MABPLAN" i386) || skip "$why"

dockerfile <<'END'
FROM debian
RUN apt-get update && apt-get install -y --no-install-recommends curl
RUN useradd -m someone
USER someone
RUN sed -n 's/^deb \(\[.*\] \)\?\([^ ]*\) \([^ ]*\) .*/\2dists\/\3\/InRelease/p' /etc/apt/sources.list.d/*.list | head -n 1 > /tmp/address && curl -fsSL "$(cat /tmp/address)" -o /home/someone/release && grep "^Suite:" /home/someone/release
END
status=0
"$MABPLAN" build --platform linux/386 --build-context "debian=oci-layout://$MABPLAN_BASES/debian-i386:latest" context >log 2>&1 || status=$?
[ "$status" -eq 0 ] || ! grep -qE 'Temporary failure resolving|Could not resolve' log || skip "no registry of packages is reached: $(tail -n 1 log)"
[ "$status" -eq 0 ] || { cat log >&2; fail "the build ended with $status"; }
