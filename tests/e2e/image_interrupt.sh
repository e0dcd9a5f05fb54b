#!/usr/bin/env bash
# A stop ends the verbs on images wherever they are, with 130: while nothing comes, while nobody reads, and before a command is begun.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
CMD ["true"]
END
exits 0 "$MABPLAN" build --build-context "busybox=$busybox" -t box context

# ends_when_stopped INPUT OUTPUT WORD…: runs mabplan with a pipe that says nothing, or is not read, and stops it by SIGINT.
ends_when_stopped() {
    python3 - "$MABPLAN" "$@" <<'END'
import os, signal, subprocess, sys, time
program, gives, *words = sys.argv[1:]
silent, held = os.pipe()
run = subprocess.Popen([program, *words], stdin=silent if gives == "input" else subprocess.DEVNULL,
                       stdout=held if gives == "output" else subprocess.DEVNULL)
time.sleep(1.5)
if run.poll() is not None:
    sys.exit(f"ended by itself with {run.returncode}")
run.send_signal(signal.SIGINT)
sys.exit(0 if run.wait(timeout=10) == 130 else f"ended with {run.returncode}")
END
}
exits 0 ends_when_stopped input image load
exits 0 ends_when_stopped input image run docker-archive:-
exits 0 ends_when_stopped output image save box
exits 0 ends_when_stopped output image copy box oci-archive:-

# A registry that says nothing any more.
python3 "$support/silent_server.py" >port &
servers+=($!)
until [ -s port ]; do sleep 0.05; done
silent=localhost:$(cat port)
for words in "inspect" "run" "pull" "diff box"; do
    # shellcheck disable=SC2086
    exits 0 ends_when_stopped nothing image $words "docker://$silent/box:1"
done
