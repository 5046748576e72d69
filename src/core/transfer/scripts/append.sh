# Receives the rest of one big file. Parameters: stage, name of its part, bytes that are there, bytes in the end, time
# for touch -t in UTC, mode, path. Input: the rest.

stage=$1 part=parts/$2 offset=$3 size=$4 time=$5 mode=$6 path=tree/$7
claim "$stage"
[ "$offset" != 0 ] || : >"$part" || exit 32
[ "$(stat -c %s "$part")" = "$offset" ] || exit 37
cat >>"$part" || exit 32
[ "$(stat -c %s "$part")" = "$size" ] || exit 35
chmod "$mode" "$part" && TZ=UTC0 touch -t "$time" "$part" && mkdir -p "${path%/*}" && mv -f -- "$part" "$path" || exit 32
exit 0
