#!/usr/bin/env python3
"""Prints the total of a meson test log (JSON lines), the failures by name, and exits with 1 if there are any."""
import json
import sys

PASSED = {"OK", "EXPECTEDFAIL"}
with open(sys.argv[1]) as log:
    results = [(test["name"], test["result"]) for test in map(json.loads, log)]
passed = sum(result in PASSED for _, result in results)
skipped = sum(result == "SKIP" for _, result in results)
failures = [(name, result) for name, result in results if result not in PASSED | {"SKIP"}]
for name, result in failures:
    print(f"failed: {name} ({result})")
print(f"{passed} passed, {len(failures)} failed, {skipped} skipped")
sys.exit(1 if failures else 0)
