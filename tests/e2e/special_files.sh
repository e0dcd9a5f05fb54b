#!/usr/bin/env bash
# A fifo or a socket in place of a file that is read is refused at once; sockets of a context are told and left out.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM scratch
COPY . /
END
make_socket() { python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$1"; }
refuses() {
    local code=$1 said=$2 status=0
    shift 2
    timeout 10 "$@" >log 2>&1 || status=$?
    assert_eq "$code" "$status" "$*"
    assert_says log "$said"
}
for kind in fifo socket; do
    for path in special context/.dockerignore mabplan.yaml; do
        if [ $kind = fifo ]; then mkfifo $path; else make_socket $path; fi
    done
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" build -f special context
    refuses 2 ".dockerignore\" is no text file" "$MABPLAN" build context
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" compile
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" compile -f special
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" run special
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" dump ast special
    refuses 2 "is a $kind: expected a regular file" "$MABPLAN" dump ignore special x
    rm special context/.dockerignore mabplan.yaml
done
mkfifo secret
printf 'FROM busybox\nRUN --mount=type=secret,id=s true\n' >with-secret
refuses 2 "is a fifo: expected a regular file" "$MABPLAN" build --build-context "busybox=$busybox" --secret id=s,src=secret -f with-secret context
mkdir layout
echo '{"imageLayoutVersion":"1.0.0"}' >layout/oci-layout
mkfifo layout/index.json
refuses 2 "is a fifo: expected a regular file" "$MABPLAN" image inspect layout

# What bash makes of <(…) is read, as it always was.
exits 0 "$MABPLAN" build -f <(printf 'FROM scratch\nCOPY Dockerfile /\n') context

mkdir context/run
make_socket context/run/agent
build out --platform linux/amd64
assert_says log '"context/run/agent" is a socket: no layer can hold it, so it is left out'
echo run >context/.dockerignore
build without --platform linux/amd64
assert_silent_about log "is a socket"
