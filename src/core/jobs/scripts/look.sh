# Tells how one job stands, then its settings and whether it outlives the log-in. Parameters: id, nothing or "stop".

enter "$1" || exit 40
if [ "$2" = stop ] && read_state && has_ended; then
  # Another supervisor ends what the last one left.
  latest
  [ "$left" = - ] || launch "$PWD" "$((turn + 1))"
elif [ "$2" = stop ] && [ -n "$state" ]; then
  latest
  # Its supervisor reads this when it can still matter. A process of another name is never written to.
  if alive "holder.$turn" && [ -p "/proc/$pid/fd/5" ]; then
    echo stop >"/proc/$pid/fd/5"
  else
    first_line backend
    case $line in *[!a-z]*) ;; *) command -v "${line}_stop" >/dev/null && "${line}_stop" "$1" ;; esac
  fi
fi
tell "$1" || exit 40
first_line settings
printf '%s\n' "$line"
first_line survival
printf '%s\n' "$line"
exit 0
