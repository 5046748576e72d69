# Prints a piece of a log as base64. Parameters: id, first block, number of blocks, bytes of a block.

enter "$1" || exit 40
[ -f log ] || exit 0
command -v base64 >/dev/null || exit 49
dd bs="$4" skip="$2" count="$3" <log 2>/dev/null | base64
exit 0
