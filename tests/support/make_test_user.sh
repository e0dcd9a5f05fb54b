#!/usr/bin/env bash
# Makes sure, as root, that there is an ordinary user for the tests, with a range of subordinate ids as Debian gives to people.
set -euo pipefail

user=mabplan-test
id "$user" >/dev/null 2>&1 || useradd --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$user"

# One past the highest id that any range in the file takes.
next_free() { awk -F: -v next_id=100000 '$2 + $3 > next_id { next_id = $2 + $3 } END { print next_id }' "$1"; }

for kind in uid gid; do
    file=/etc/sub$kind
    touch "$file"
    grep -q "^$user:" "$file" && continue
    first=$(next_free "$file")
    usermod "--add-sub${kind}s" "$first-$((first + 65535))" "$user"
done
