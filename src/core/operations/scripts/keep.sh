# Writes what the work says to its log. A full disk costs output, which the log tells once there is room, never the work.

cd "${0%/*}" || exit
exec 2>/dev/null
trap '' TERM
missing=
while :; do
  if [ -n "$missing" ] && printf '\nTensorline: the disk was full, output is missing here.\n' >>log; then missing=; fi
  if [ -z "$missing" ]; then
    cat >>log && exit 0
    missing=1
    # Whoever wants that told beside the log laid the file ready, which needs no room now.
    [ ! -f lost.new ] || mv lost.new log.lost
  fi
  [ "$(dd bs=65536 count=1 | wc -c)" -gt 0 ] || break
done
exit 1
