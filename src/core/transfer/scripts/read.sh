# Sends the rest of one big file after the line "same". Parameters: path, bytes, time of the last change in seconds,
# MiB to leave out.

[ "$(stat -c '%s %Y' "$1")" = "$2 $3" ] || exit 37
echo same
dd if="$1" bs=1048576 skip="$4" || exit 31
[ "$(stat -c '%s %Y' "$1")" = "$2 $3" ] || exit 37
exit 0
