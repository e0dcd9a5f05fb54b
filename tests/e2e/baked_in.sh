#!/usr/bin/env bash
# Identities and credentials that a RUN left in the image are warned about with the instruction, at each build, and in few lines.
. "$(dirname "$0")/../support/e2e.sh"

pem() { printf -- '-----BEGIN %s-----\\n%s\\n-----END %s-----\\n' "$1" AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA "$1"; }
dockerfile <<END
FROM busybox AS builder
RUN printf '//registry/:_authToken=abc\n' >/root/.npmrc && echo made >/made

FROM busybox
COPY --from=builder /made /
RUN mkdir -p /etc/ssh /var/lib/dbus && for kind in rsa ecdsa ed25519; do printf '$(pem 'OPENSSH PRIVATE KEY')' >/etc/ssh/ssh_host_\${kind}_key; done
RUN echo 0123456789abcdef0123456789abcdef >/etc/machine-id
RUN printf '//registry/:_authToken=abc\n' >/root/.npmrc
RUN mkdir -p /etc/ssl/private /usr/share/doc/x && printf '$(pem 'PRIVATE KEY')' | tee /etc/ssl/private/made.key >/usr/share/doc/x/example.key
RUN rm /root/.npmrc
END
said() {
    assert_says log 'Dockerfile:6: RUN mkdir -p /etc/ssh'
    assert_says log 'left ssh host keys in the image: /etc/ssh/ssh_host_ecdsa_key and 2 more; '
    assert_says log 'Dockerfile:7: RUN echo 0123456789abcdef0123456789abcdef >/etc/machine-id left a machine-id in the image: /etc/machine-id; '
    assert_says log 'left credentials in the image: /root/.npmrc; '
    assert_says log 'left private keys in the image: /etc/ssl/private/made.key; '
    assert_says log 'hint: '
    assert_silent_about log 'Dockerfile:2'  # what is in another stage only is in no image
    assert_eq 8 "$(grep -cE '^warning: (.* left |  hint: )' log)" "lines of warnings"
}
build first --platform linux/amd64,linux/arm64
said
build first --platform linux/amd64,linux/arm64
assert_eq 0 "$(executed)" "all is cached"
said
build first --platform linux/amd64,linux/arm64 --progress quiet
said

# Identities that a later instruction removes are shared by nobody; credentials stay in their layer.
sed -i '$a RUN rm -r /etc/ssh && : >/etc/machine-id' context/Dockerfile
build second --platform linux/amd64
assert_silent_about log 'ssh host keys'
assert_silent_about log 'machine-id in'
assert_says log 'left credentials in the image: /root/.npmrc; '

# What is settled as it should be is not spoken of.
dockerfile <<'END'
FROM busybox
RUN echo uninitialized >/etc/machine-id && echo 'fund=false' >/root/.npmrc && echo '//registry/:_authToken=${TOKEN}' >>/root/.npmrc
END
build third --platform linux/amd64
assert_silent_about log warning
