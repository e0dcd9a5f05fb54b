#!/usr/bin/env python3
"""Prints where it runs and what both builder stages left in /app."""
import os
import platform
import sys

here = os.path.dirname(os.path.abspath(__file__))


def text_of(name):
    with open(os.path.join(here, name)) as file:
        return file.read().strip()


print(f"Python   {platform.python_version()}")
print(f"Machine  {platform.machine()}")
print(f"Platform {sys.platform}/{platform.machine()}")
for arch in ("amd64", "arm64"):
    print(f"{arch}    {text_of(arch + '_arch.txt')}: {text_of(arch + '_message.txt')}")
