#!/usr/bin/env bash
# A build asks for nothing twice: one token, and each manifest, configuration and layer of its bases once, though the plan is made and run.
. "$(dirname "$0")/../support/e2e.sh"

start_layout_registry --token
start_file_server
echo file >served/file
dockerfile <<END
FROM $registry/box:latest AS one
COPY Dockerfile /
FROM $registry/box:latest
ADD http://$server/plain/file /
COPY --from=one /Dockerfile /
RUN cat /file
END
exits 0 "$MABPLAN" build -o type=oci,dest=out,tar=false context
grep -oE '"GET [^ ]+ HTTP/1.1" [0-9]+' registry.log | sort >requests
assert_eq 1 "$(grep -c '"GET /token' requests)" "tokens that were asked for"
assert_eq 1 "$(grep -c '/v2/box/.* 401$' requests)" "refusals"
grep ' 200$' requests | grep '/v2/box/' >documents
assert_ne 0 "$(wc -l <documents)"
assert_eq "" "$(uniq -d documents)" "what was asked for twice"
assert_eq 1 "$(grep -c '/v2/box/manifests/latest' documents)" "questions for the tag"
assert_eq 1 "$(asked_for 'GET /plain/file')" "questions for the file"
