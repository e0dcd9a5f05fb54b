#!/usr/bin/env bash
# Python's compiled modules are the same in two builds and stay valid in the image: Python compiles nothing again.
. "$(dirname "$0")/../support/e2e.sh"

dockerfile <<'END'
FROM python:3.11-slim
RUN mkdir -p /app/pkg && cd /app && echo 'def inner(x): return x in {"a", "b", "c", 1, None}' >pkg/__init__.py && echo 'import pkg' >main.py && \
    echo 'X = 1' >by_hash.py && echo 'Y = 1' >stale.py && \
    python3 -c 'import main, stale, py_compile; py_compile.compile("by_hash.py")' && echo 'Y = 22' >stale.py
# over a source of a layer below
RUN cd /app && python3 -c 'import os; os.remove("/app/__pycache__/main.cpython-311.pyc"); import main'
COPY later.py /app/
RUN cd /app && python3 -c 'import later'
END
echo 'Z = 1' >context/later.py
build first --platform linux/amd64 --build-context "python:3.11-slim=oci-layout://$MABPLAN_BASES/python:3.11-slim"
sleep 1.1
MABPLAN_CACHE_DIR=$work/store2 build second --platform linux/amd64 --build-context "python:3.11-slim=oci-layout://$MABPLAN_BASES/python:3.11-slim"
assert_eq "$(image_digest first)" "$(image_digest second)" "two builds in two stores"

exits 0 "$MABPLAN" image run first python3 -v -c 'import sys; sys.path.insert(0, "/app"); import main, by_hash, later'
for module in main pkg by_hash later; do
    case $module in pkg) source=/app/pkg/__init__.py ;; *) source=/app/$module.py ;; esac
    assert_says log ".pyc matches $source"
done
assert_silent_about log '# wrote'
exits 0 "$MABPLAN" image run first python3 -c 'import sys; sys.path.insert(0, "/app"); import stale; print("Y is", stale.Y)'
assert_says log 'Y is 22'
