#!/usr/bin/env bash
# RUN --mount=type=secret: from a file or a variable, as a file or a variable, and nowhere else: no layer, plan, log or store holds it.
. "$(dirname "$0")/../support/e2e.sh"

value=s3cr3t-value-$RANDOM$RANDOM
printf %s "$value" >token.txt
export TOKEN_VALUE="$value-of-env" NAMED="$value-named"
cat >context/check <<END
#!/bin/sh
test "\$(sha256sum <\$1)" = "\$2"
END
chmod 755 context/check
sum() { printf %s "$1" | sha256sum; }
dockerfile <<END
FROM busybox
COPY check /check
RUN --mount=type=secret,id=token test "\$(sha256sum </run/secrets/token)" = "$(sum "$value")" && stat -c '%a %u:%g' /run/secrets/token >/mode
RUN --mount=type=secret,id=token,target=/etc/token,mode=0440,uid=7,gid=8 /check /etc/token "$(sum "$value")" && stat -c '%a %u:%g' /etc/token >>/mode
RUN --mount=type=secret,id=token,env=TOKEN test "\$(printf %s "\$TOKEN" | sha256sum)" = "$(sum "$value")" && test ! -e /run/secrets/token
RUN --mount=type=secret,id=NAMED,env=NAMED,target=/named test "\$(printf %s "\$NAMED" | sha256sum)" = "\$(sha256sum </named)"
RUN --mount=type=secret,id=var,env=VAR test "\$(printf %s "\$VAR" | sha256sum)" = "$(sum "$TOKEN_VALUE")"
RUN --mount=type=secret,id=var ! echo x 2>/dev/null >/run/secrets/var
RUN --mount=type=secret,id=missing test ! -e /run/secrets/missing
USER 1000
RUN --mount=type=secret,id=token,uid=1000 cat /run/secrets/token >/dev/null
END
build out --platform linux/amd64 --secret id=token,src=token.txt --secret id=NAMED --secret id=var,type=env,source=TOKEN_VALUE
unpack out amd64 image
assert_eq "400 0:0 440 7:8" "$(xargs <image/rootfs/mode)"
for gone in run/secrets etc/token named; do [ ! -e image/rootfs/$gone ] || fail "/$gone is in the image"; done
nowhere() { ! grep -rqF -- "$value" "$@" || fail "the secret is in $(grep -rlF -- "$value" "$@")"; }
nowhere store log out image
# another value rebuilds nothing
printf %s other >token.txt
build out --platform linux/amd64 --secret id=token,src=token.txt --secret id=NAMED --secret id=var,env=TOKEN_VALUE
assert_eq 0 "$(executed)"

# A command that prints it shows stars, also where it fails.
printf '%s\n' "$value" >token.txt
dockerfile <<'END'
FROM busybox
RUN --mount=type=secret,id=token cat /run/secrets/token && echo "<$(cat /run/secrets/token)>" >&2 && false
END
exits 1 "$MABPLAN" build --build-context "busybox=$busybox" --platform linux/amd64 --secret id=token,src=token.txt context
assert_says log '<***>'
nowhere store log

# What is required and not given ends the build before anything runs.
dockerfile <<'END'
FROM busybox
RUN touch /new
RUN --mount=type=secret,id=token,required cat /run/secrets/token
END
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" context
assert_says log 'the secret "token" is needed and not given'
assert_says log 'Dockerfile:3'
assert_says log '--secret id=token,src=FILE'
assert_silent_about log '[linux/'
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --secret id=token,src=nowhere context
assert_says log nowhere
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --secret src=token.txt context
assert_says log 'it has no id'
exits 2 "$MABPLAN" build --build-context "busybox=$busybox" --secret id=a,form=file context
assert_says log 'there is no field "form"'

# From mabplan.yaml: the plan says where the value is, not what it is.
dockerfile <<'END'
FROM busybox
RUN --mount=type=secret,id=token,required --mount=type=secret,id=fromenv,env=FROM_ENV,required test -s /run/secrets/token && test -n "$FROM_ENV"
END
printf %s "$value" >token.txt
cat >mabplan.yaml <<END
targets:
  it:
    context: context
    platforms: [linux/amd64]
    additional_contexts: {busybox: "$busybox"}
    secrets: [token, {source: variable, target: fromenv}]
secrets: {token: {file: ./token.txt}, variable: {environment: TOKEN_VALUE}}
END
exits 0 "$MABPLAN" compile
nowhere mabplan.plan.json
assert_says mabplan.plan.json token.txt
exits 0 "$MABPLAN" run
nowhere store
unset TOKEN_VALUE
exits 2 "$MABPLAN" run --no-cache
assert_says log 'the environment has no variable TOKEN_VALUE'
exits 0 "$MABPLAN" run --no-cache --secret id=fromenv,env=NAMED

# A file that is not there is noticed before anything runs, also where the step that reads it is cached; so are keys of an ssh agent.
exits 2 "$MABPLAN" run --secret id=token,src=nowhere
assert_says log 'looking for the secret "token"'
assert_silent_about log '[linux/'
for field in src source env; do
    exits 2 "$MABPLAN" run --secret id=token,$field=
    assert_says log "--secret \"id=token,$field=\": $field is empty"
done
exits 2 "$MABPLAN" run --ssh default=nowhere
assert_says log 'there is no socket or key file'
rm token.txt
exits 2 "$MABPLAN" run --secret id=fromenv,env=NAMED
assert_says log token.txt
