#!/usr/bin/env bash
# ADD of URLs: what the file is like, what is asked again and what is not, and what a server that stumbles does to a build.
. "$(dirname "$0")/../support/e2e.sh"

start_file_server
echo one >"served/a file.txt"
touch -d @100000000 "served/a file.txt"
echo large >served/large
dockerfile <<END
FROM busybox
ADD http://$server/a%20file.txt http://$server/moved/large?token=secret /got/
ADD --chown=7:8 --chmod=640 http://$server/large /owned
RUN stat -c '%n %a %u:%g %Y' /got/* /owned > /facts; cat "/got/a file.txt" >> /facts
END
build out
unpack out amd64 image
assert_eq "/got/a file.txt 600 0:0 100000000
/got/large 600 0:0 315532801
/owned 640 7:8 315532802
one" "$(cat image/rootfs/facts)"
digest=$(image_digest out)

# The same again: the server is asked whether something changed, and nothing is done.
before=$(asked_for '" 200 ')
build again
assert_eq 0 "$(executed)"
assert_eq "$digest" "$(image_digest again)"
assert_eq "$before" "$(asked_for '" 200 ')" "nothing is sent again"
[ "$(asked_for '" 304 ')" -gt 0 ] || fail "the server was not asked"

# Another file: what is made from it is made again. A server that tells nothing to compare by sends it, and nothing else is done.
echo two >"served/a file.txt"
build changed
assert_ne "$digest" "$(image_digest changed)"
sed -i "s|/a%20file|/plain/a%20file|" context/Dockerfile
build plain
build plain
assert_eq 0 "$(executed)"

# With a checksum nobody is asked: also when there is no server.
echo other >served/other
other=$(sha256sum served/other | cut -d' ' -f1)
dockerfile <<END
FROM busybox
ADD --checksum=sha256:$other http://$server/flaky/other /other
ADD http://$server/cut/large http://me:it%27s%20me@$server/private/large /large-2/
END
build flaky
assert_eq 3 "$(asked_for 'flaky/other HTTP')"
assert_eq 2 "$(asked_for 'cut/large HTTP')"
sed -i '3d' context/Dockerfile
stumbled=$(asked_for .)
build pinned
assert_eq "$stumbled" "$(asked_for .)" "a pinned file is not asked for"

# What is packed on the way arrives as the file it is, and the checksum is that of the file; a coding of another name is the file's own.
cat >context/Dockerfile <<END
FROM busybox
ADD --checksum=sha256:$other http://$server/packed/gzip/other /packed/
ADD http://$server/packed/x-gzip/other /as-sent.gz
END
build coded
unpack coded amd64 coded-image
cmp served/other coded-image/rootfs/packed/other
assert_eq other "$(zcat coded-image/rootfs/as-sent.gz)"
printf 'FROM busybox\nADD http://%s/packed/gzip-not/other /\n' "$server" >context/Dockerfile
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log "fetching http://$server/packed/gzip-not/other"

# What goes wrong: place, status, exit code.
printf 'FROM busybox\nADD --checksum=sha256:%064d http://%s/large /\n' 0 "$server" >context/Dockerfile
exits 5 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log "http://$server/large is not the file that its checksum names"
assert_says log "Dockerfile:2"
printf 'FROM busybox\nADD http://%s/nothing?token=secret /\n' "$server" >context/Dockerfile
exits 4 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log "cannot get http://$server/nothing: the server answers 404 Not Found"
assert_says log "2 | ADD http://$server/nothing"
printf 'FROM busybox\nADD http://localhost:1/file /\n' >context/Dockerfile
exits 4 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log "Connection refused"
printf 'FROM busybox\nADD http://%s/large?never /\n' "$server" >context/Dockerfile
exits 4 "$MABPLAN" build --offline --build-context "busybox=$busybox" context
assert_says log "--offline forbids it"

# Who interrupts a build does not wait for a server, nor for git.
for path in hang/file hang/repository.git; do
    printf 'FROM busybox\nADD http://%s/%s /\n' "$server" "$path" >context/Dockerfile
    : >server.log
    "$MABPLAN" build --build-context "busybox=$busybox" context >log 2>&1 &
    build=$!
    for _ in $(seq 200); do grep -q hanging server.log && break || sleep 0.05; done
    kill -TERM "$build"
    status=0
    wait "$build" || status=$?
    assert_eq 130 "$status" "an interrupted build of $path"
done
