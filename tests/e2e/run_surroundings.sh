#!/usr/bin/env bash
# What a RUN finds around it: hosts, resolv.conf, hostname, HOME, umask, its user and groups, limits, shared memory, network, time.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
RUN mkdir -p /etc /home/app && echo 'app:x:1000:1001::/home/app:/bin/sh' >>/etc/passwd && printf 'app:x:1001:\nwheel:x:10:other,app\nvideo:x:44:app\n' >>/etc/group
RUN cat /etc/hosts >/hosts; hostname >/hostname; echo "$HOME" >/home-of-root; umask >/umask; touch /made && mkdir /made-too && stat -c %a /made /made-too >/modes
RUN ulimit -n >/limits; ulimit -H -n >>/limits; ulimit -c >>/limits
RUN df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d' ' -f2 >/shm && stat -c %a /dev/shm >>/shm
RUN ! echo x >>/etc/hosts 2>/dev/null; ! echo x >>/etc/resolv.conf 2>/dev/null
RUN --network=none ls /sys/class/net >/net-none; ip -o link 2>/dev/null | wc -l >/links-none
RUN --network=host ls /sys/class/net >/net-host
RUN ls /sys/class/net >/net-default
USER app
RUN id -u; id -G | tr ' ' '\n' | sort -n | tr '\n' ' ' >/tmp/groups || id -G; echo "$HOME" >/tmp/home; id -un >/tmp/name
USER 1000
RUN id -G >/tmp/groups-by-number; echo "$HOME" >/tmp/home-by-number
USER 1234:5678
RUN id >/tmp/numbers; echo "$HOME" >/tmp/home-of-nobody
USER app:video
RUN id -G >/tmp/groups-given
END
sed -i 's|^RUN mkdir -p /etc|RUN mkdir -p -m 1777 /tmp \&\& chmod 1777 /tmp \&\& mkdir -p /etc|' context/Dockerfile
build out --platform linux/amd64 --add-host db.lan:10.0.0.7 --add-host 'six=[fd00::1]' --ulimit nofile=512:1024 --ulimit core=0 --shm-size 16m
unpack out amd64 image
root=image/rootfs
tab=$(printf '\t')
assert_says $root/hosts "127.0.0.1${tab}localhost buildkitsandbox"
assert_says $root/hosts "10.0.0.7${tab}db.lan"
assert_says $root/hosts "fd00::1${tab}six"
assert_eq buildkitsandbox "$(cat $root/hostname)"
assert_eq /root "$(cat $root/home-of-root)"
assert_eq 0022 "$(cat $root/umask)"
assert_eq "644 755" "$(xargs <$root/modes)"
assert_eq "512 1024 0" "$(xargs <$root/limits)"
assert_eq "16384 1777" "$(xargs <$root/shm)"
assert_eq lo "$(xargs <$root/net-none)"
assert_eq "$(ls /sys/class/net | xargs)" "$(xargs <$root/net-host)"
assert_eq "$(if has_own_network; then echo eth0 lo; else xargs <$root/net-host; fi)" "$(xargs <$root/net-default)"
assert_eq "10 44 1001" "$(xargs <$root/tmp/groups)"
assert_eq "/home/app app" "$(cat $root/tmp/home $root/tmp/name | xargs)"
assert_eq "/home/app" "$(cat $root/tmp/home-by-number)"
assert_eq "uid=1234 gid=5678" "$(sed 's/ groups.*//' $root/tmp/numbers)"
assert_eq / "$(cat $root/tmp/home-of-nobody)"
assert_eq 44 "$(cat $root/tmp/groups-given)"
! grep -rqs db.lan $root/etc || fail "/etc/hosts is in the image"

# the address of a host rebuilds nothing, its name does
build out --platform linux/amd64 --add-host db.lan:10.0.0.8 --add-host 'six=[fd00::1]' --ulimit nofile=512:1024 --ulimit core=0 --shm-size 16m
assert_eq 0 "$(executed)"
build out --platform linux/amd64 --add-host db.lan:10.0.0.8 --ulimit nofile=512:1024 --ulimit core=0 --shm-size 16m
assert_ne 0 "$(executed)"

# A proxy is seen by commands, and rebuilds nothing.
printf 'FROM busybox\nRUN echo "$HTTP_PROXY $no_proxy" >/proxy\n' >context/Dockerfile
build proxy --platform linux/amd64 --build-arg HTTP_PROXY=http://proxy.lan:1 --build-arg no_proxy=lan
unpack proxy amd64 proxy.image
assert_eq "http://proxy.lan:1 lan" "$(cat proxy.image/rootfs/proxy)"
build proxy --platform linux/amd64 --build-arg HTTP_PROXY=http://other.lan:1
assert_eq 0 "$(executed)"

# BUILDKIT_SANDBOX_HOSTNAME names the host
printf 'FROM busybox\nENV HOME=\nRUN echo "$HOME" >/home-of-empty\n' >context/Dockerfile
build empty-home --platform linux/amd64
unpack empty-home amd64 empty-image
assert_eq /root "$(cat empty-image/rootfs/home-of-empty)"
printf 'FROM busybox\nRUN hostname >/name\n' >context/Dockerfile
build named --platform linux/amd64 --build-arg BUILDKIT_SANDBOX_HOSTNAME=builder
unpack named amd64 named.image
assert_eq builder "$(cat named.image/rootfs/name)"

exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --ulimit nofiles=1 context
assert_says log 'there is no resource limit "nofiles"'
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --add-host name context
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --add-host name:host-gate context
assert_says log 'the host "name" has no address'
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --shm-size much context

# host-gateway: what listens on the host's loopback is reached by that name
start_file_server
echo hello >served/greeting
printf 'FROM busybox\nRUN wget -qO- http://host.docker.internal:%s/greeting >/greeting\n' "${server#*:}" >context/Dockerfile
build gateway --platform linux/amd64 --add-host host.docker.internal:host-gateway
unpack gateway amd64 gateway.image
assert_eq hello "$(cat gateway.image/rootfs/greeting)"
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --network none --add-host host.docker.internal=host-gateway context
assert_says log "commands without a network don't reach it"

# a time limit, and the same things in mabplan.yaml
printf 'FROM busybox\nRUN cat /etc/hosts && ulimit -n && df -k /dev/shm\nRUN echo begun && sleep 60\n' >context/Dockerfile
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64]
    additional_contexts: {busybox: "$busybox"}
    extra_hosts: ["db.lan=10.0.0.7"]
    shm_size: 8m
    ulimits: {nofile: {soft: 100, hard: 200}}
    timeout: 2s
END
exits 0 "$MABPLAN" compile
exits 1 "$MABPLAN" run --progress plain
assert_says log db.lan
assert_says log 'the command ran longer than the 2 s it may'
assert_says log 'Dockerfile:3'
