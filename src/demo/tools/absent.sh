#!/bin/sh
# Stands where this computer has a tool that the simulated host does not, for callers that look beyond the PATH they were given.
echo "sh: ${0##*/}: not found" >&2
exit 127
