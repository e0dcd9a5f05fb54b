# Layers of a million files and of one file of 10 GB are compiled, written, unpacked and compared in less than 300 MB of memory.
. "$MABPLAN_SOURCE/tests/support/e2e.sh"

free_gigabytes=$(df --output=avail -BG . | tail -1 | tr -dc 0-9)
[ "$free_gigabytes" -ge 20 ] || skip "a million files need 10 GB of disk, and $free_gigabytes are free"
within_memory() { python3 "$support/within_memory.py" 300 "$@"; }

# By descriptor of the folder: a shell would take minutes.
python3 - context <<'END'
import os, sys
for folder in range(601):  # the first is a large one
    path = f"{sys.argv[1]}/folder{folder:03}"
    os.mkdir(path)
    handle = os.open(path, os.O_RDONLY)
    for file in range(400_000 if folder == 0 else 1000):
        os.close(os.open(f"file-{file:06}", os.O_WRONLY | os.O_CREAT, 0o644, dir_fd=handle))
    os.close(handle)
END
cat >context/Dockerfile <<'END'
FROM busybox
COPY . /data/
RUN truncate -s 10G /data/large && ls /data | wc -l
END
cat >mabplan.yaml <<END
targets:
  large: {context: context, additional_contexts: {busybox: "$busybox"}, platforms: [linux/amd64], output: [type=cacheonly]}
END

within_memory "$MABPLAN" compile || fail "compiling took too much"
within_memory "$MABPLAN" run || fail "the run took too much"
