#!/usr/bin/env bash
# A number in --chmod is for folders, too: those that nobody but root can enter are warned about at each build, with the instruction.
. "$(dirname "$0")/../support/e2e.sh"

mkdir context/tree && touch context/a context/tree/b
dockerfile <<'END'
FROM busybox
COPY --chmod=0644 a /new/folder/
COPY --chmod=644 tree /etc/tree
COPY --chmod=0644 a /etc/
COPY --chmod=0755 a /other/
COPY --chmod=u=rwX,go=rX a /third/
END
said() {
    assert_says log 'Dockerfile:2: COPY --chmod=0644 a /new/folder/ made 2 folders that nobody but root can enter (/new and 1 more): a number'
    assert_says log 'Dockerfile:3: COPY --chmod=644 tree /etc/tree made /etc/tree a folder'
    assert_says log 'hint: --chmod=u=rwX,go=rX'
    assert_eq 3 "$(grep -cE '^warning: ' log)" "lines of warnings"
}
build out --platform linux/amd64
said
build out --platform linux/amd64
assert_eq 0 "$(executed)" "all is cached"
said
