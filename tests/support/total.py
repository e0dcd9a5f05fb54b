#!/usr/bin/env python3
"""Prints the total of a meson test log (JSON lines), each failure by name with the end of what it said, and exits with 1 if there are any."""
import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
LAST_LINES = 15
with open(sys.argv[1]) as log:
    tests = [json.loads(line) for line in log]
passed = sum(test["result"] in PASSED for test in tests)
skipped = sum(test["result"] == "SKIP" for test in tests)
failures = [test for test in tests if test["result"] not in PASSED | {"SKIP"}]
for test in failures:
    print(f"failed: {test['name']} ({test['result']})")
    said = (test.get("stdout", "") + test.get("stderr", "")).splitlines()
    for line in said[-LAST_LINES:]:
        print(f"    {line}")
print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
sys.exit(1 if failures else 0)
