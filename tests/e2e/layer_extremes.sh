#!/usr/bin/env bash
# What file systems hold at their edges goes through a layer and back: names, depths, times, kinds, links, holes.
. "$(dirname "$0")/../support/e2e.sh"

name=$(printf 'n%.0s' {1..255})
half=$(printf '%0200d/%.0s' {1..12})  # two of these, one in the other, are a path beyond PATH_MAX
cat >context/make.sh <<END2
set -e
mkdir /e && cd /e
echo long >$name
echo bytes >"\$(printf 'caf\\351')"
ln -s "\$(printf 'to-\\377')" link
mkfifo -m 0620 fifo
mkdir -m 0700 empty
echo one >first && ln first second && mkdir sub && ln first sub/third
echo s >suid && chmod 6755 suid && mkdir -m 1777 sticky
touch -d '1960-01-02 03:04:05' before && touch -d '2100-01-02 03:04:05' after
truncate -s 64M sparse && printf end >>sparse
mkdir -p deep/$half tail/$half
echo bottom >tail/${half}file
cd deep/$half && mv /e/tail .
END2
cat >context/check.sh <<END2
set -e
mkdir /found && cd /copied
cat n* "\$(printf 'caf\\351')" >/found/texts
readlink link >/found/target
stat -c '%F %a' fifo empty suid sticky >/found/kinds
[ first -ef sub/third ] && [ first -ef fourth ] && [ ! -e second ]
stat -c %s sparse >/found/size
tail -c 3 sparse >>/found/size
stat -c %Y before after >/found/times
cd deep/$half && mv tail /tail && cat /tail/${half}file >/found/bottom
END2
dockerfile <<'END2'
FROM busybox AS made
COPY make.sh /
RUN sh /make.sh
RUN ln /e/first /e/fourth && rm /e/second

FROM busybox AS checked
COPY --from=made /e /copied
COPY check.sh /
RUN sh /check.sh

FROM scratch
COPY --from=checked /found /
END2
build out --reproducible=off
unpack out amd64 image
cd image/rootfs
assert_eq "long bytes" "$(xargs <texts)"
assert_eq "$(printf 'to-\377\n' | od -c)" "$(od -c target)"
assert_eq "fifo 620 directory 700 regular file 6755 directory 1777" "$(xargs <kinds)"
assert_eq "67108867 end" "$(xargs <size)"
assert_eq "-315521755 4102542245" "$(xargs <times)"
assert_eq bottom "$(cat bottom)"
