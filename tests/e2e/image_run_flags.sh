#!/usr/bin/env bash
# The flags of docker run that surround a command: variables of files, hosts, names, memory, mounts, limits; and what of them has another way.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'EOF'
FROM busybox
CMD ["true"]
EOF
build box --platform linux/amd64
run() { "$MABPLAN" image run "$@"; }

printf '\xef\xbb\xbf# a comment\r\nA=1 2 "3"\n  B=two\n\nHERE\nGONE\nEMPTY=\n' >vars
assert_eq '1 2 "3"|two|mine|unset||flag' "$(HERE=mine run --env-file vars -e C=flag box sh -c 'echo "$A|$B|$HERE|${GONE-unset}|$EMPTY|$C"')"
assert_eq other "$(run -e A=other --env-file vars box sh -c 'echo "$A"')" "a flag goes before a file"
printf 'A=1\nnot a name=2\n' >wrong
exits 2 "$MABPLAN" image run --env-file wrong box
assert_says log 'wrong:2: "not a name" is no name of a variable'
exits 2 "$MABPLAN" image run --env-file nowhere box

assert_eq web "$(run -h web box hostname)"
assert_eq web "$(run --hostname=web box hostname)"
exits 0 "$MABPLAN" image run -h
assert_says log "The name of the host"
exits 2 "$MABPLAN" image run -h web
assert_eq "192.0.2.7" "$(run --add-host db:192.0.2.7 box awk '$2 == "db" { print $1 }' /etc/hosts)"
exits 2 "$MABPLAN" image run --add-host db:nowhere box
assert_says log 'expected an IPv4 or IPv6 address'

assert_eq "tmpfs 4.0M 1777" "$(run --tmpfs /fast:size=4m,noexec box sh -c 'df -h /fast | awk "NR == 2 { printf \"%s %s \", \$1, \$2 }"; stat -c %a /fast')"
exits 2 "$MABPLAN" image run --tmpfs /fast:uid=3 box
assert_eq 700 "$(run --tmpfs /fast:mode=700 box stat -c %a /fast)"
exits 126 "$MABPLAN" image run --tmpfs /fast:rw,noexec,nosuid,size=65536k box sh -c 'cp /bin/busybox /fast/ && exec /fast/busybox true'
exits 0 "$MABPLAN" image run --tmpfs /fast box sh -c 'cp /bin/busybox /fast/ && exec /fast/busybox true'
assert_eq "8.0M" "$(run --shm-size 8m box sh -c 'df -h /dev/shm | awk "NR == 2 { print \$2 }"')"
exits 2 "$MABPLAN" image run --shm-size much box
assert_eq "100 200" "$(run --ulimit nofile=100:200 box sh -c 'ulimit -n; ulimit -Hn' | xargs)"
exits 2 "$MABPLAN" image run --ulimit nofiles=1 box
assert_says log 'did you mean "nofile"?'

mkdir given && echo given >given/file
assert_eq given "$(run --mount type=bind,source=./given,target=/in,readonly box cat /in/file)"
exits 1 "$MABPLAN" image run --mount type=bind,src=./given,dst=/in,ro box touch /in/new
assert_eq tmpfs "$(run --mount type=tmpfs,target=/fast,tmpfs-size=1m box sh -c 'df /fast | awk "NR == 2 { print \$1 }"')"
exits 2 "$MABPLAN" image run --mount source=data,target=/in box
assert_says log 'type=volume is not mounted'
exits 2 "$MABPLAN" image run --mount type=bind,sorce=./given,target=/in box
assert_says log 'did you mean "source"?'

# One inside of another, in whatever order; one place twice.
assert_eq given "$(run -v ./given:/data/sub --tmpfs /data box cat /data/sub/file)"
exits 2 "$MABPLAN" image run -v ./given:/in -v .:/in box
assert_says log 'two mounts are to be at "/in"'

printf 'FROM busybox\nENV FOO=image\n' >context/Dockerfile
build foo --platform linux/amd64
assert_eq "unset image" "$(env -u FOO "$MABPLAN" image run -e FOO foo sh -c 'echo "${FOO-unset}"') $(echo FOO >name && env -u FOO "$MABPLAN" image run --env-file name foo sh -c 'echo "${FOO-unset}"')"
printf 'FROM scratch\nCOPY Dockerfile /\n' >context/Dockerfile
build nothing --platform linux/amd64
exits 125 "$MABPLAN" image run nothing
assert_says log "neither an entrypoint nor a command"
exits 2 "$MABPLAN" image run --ulimit nofile=200:100 box
for port in 127.0.0.1:8080:8080 abc 80:81; do exits 2 "$MABPLAN" image run -p "$port" box; done
exits 0 "$MABPLAN" image run -p 0.0.0.0:8080:8080/tcp box

exits 2 "$MABPLAN" image run -w here box
assert_says log "is not absolute"
exits 125 "$MABPLAN" image run -u nosuch box
assert_says log nosuch
exits 127 "$MABPLAN" image run box nosuch
assert_eq done "$(run --restart no --log-driver none --no-healthcheck --stop-signal SIGTERM --pid private box echo done)"
exits 2 "$MABPLAN" image run --cpus 2 box
assert_says log "CPUQuota"
exits 2 "$MABPLAN" image run --gpus all box
assert_says log "no devices"
