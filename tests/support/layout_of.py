#!/usr/bin/env python3
"""Writes an OCI layout with one image for linux/amd64, made of layers as they are, whatever they hold.

usage: layout_of.py OUT TAR…
"""
import pathlib
import sys

from tiny_bases import Layout

if len(sys.argv) < 3:
    sys.exit(__doc__)
layout = Layout(pathlib.Path(sys.argv[1]))
layout.add("latest", ["linux/amd64"], {}, lambda _: [pathlib.Path(tar).read_bytes() for tar in sys.argv[2:]])
layout.finish()
