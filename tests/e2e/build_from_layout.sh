#!/usr/bin/env bash
# One RUN and one COPY on a base from an OCI layout: the image holds what they made, and the config what the Dockerfile says.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM busybox
ENV GREETING="hello world"
WORKDIR /work
RUN echo "$GREETING" > greeting
COPY --chown=33:33 --chmod=640 note.txt ./
USER www-data
EXPOSE 8080
LABEL purpose=test
CMD ["cat", "greeting"]
END
echo note >context/note.txt
build out --platform linux/amd64
unpack out amd64 image
assert_eq "hello world" "$(cat image/rootfs/work/greeting)"
assert_eq note "$(cat image/rootfs/work/note.txt)"
assert_eq 640 "$(stat -c %a image/rootfs/work/note.txt)"
assert_eq '["cat","greeting"]' "$(jq -c .config.Cmd image.config)"
assert_eq www-data "$(jq -r .config.User image.config)"
assert_eq /work "$(jq -r .config.WorkingDir image.config)"
assert_eq test "$(jq -r .config.Labels.purpose image.config)"
assert_eq true "$(jq '.config.ExposedPorts | has("8080/tcp")' image.config)"
assert_eq true "$(jq '.config.Env | any(. == "GREETING=hello world")' image.config)"
