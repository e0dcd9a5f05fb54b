#!/usr/bin/env python3
"""Runs a command and says how much memory it took at its peak; fails if that was more than allowed.

    within_memory.py MEGABYTES COMMAND [ARGUMENT]…

The peak is that of the largest single process among the command and all it waited for (getrusage(2), ru_maxrss).
"""
import resource
import subprocess
import sys

KILOBYTES_PER_MEGABYTE = 1000


def main() -> int:
    allowed, command = int(sys.argv[1]), sys.argv[2:]
    status = subprocess.run(command, check=False).returncode
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / KILOBYTES_PER_MEGABYTE
    print(f"peak memory {peak:.0f} MB of {allowed} allowed: {' '.join(command[:2])}", file=sys.stderr)
    if status == 0 and peak > allowed:
        return 1
    return status


if __name__ == "__main__":
    sys.exit(main())
