#!/usr/bin/env bash
# Registries and networks that misbehave in more than a hundred ways.
. "$(dirname "$0")/../support/e2e.sh"

mkdir trials
python3 "$MABPLAN_SOURCE/tests/e2e/registry_faults.py" "$MABPLAN" "$work/trials"
