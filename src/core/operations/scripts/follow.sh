# Prints a log from a byte on and as it grows, until the operation has ended. Parameters: id, bytes to leave out, a third
# of the time in seconds after which a client that says nothing is gone. Input: a line now and then.

follow_log() { # bytes to leave out
  exec 5</dev/null
  # One that is shorter than what was read of it is not the same log any more.
  [ -f log ] && [ "$(wc -c <log)" -ge "$1" ] && exec 5<log
  tail -c "+$(($1 + 1))" <&5
  rounds=0
  while :; do
    # What came before the end is read after the end was seen.
    read_state && [ "$state" = running ] || state=ended
    cat <&5
    [ "$state" = running ] || finish
    rounds=$(((rounds + 1) % 15))
    if [ "$rounds" = 0 ]; then
      latest
      alive "holder.$turn" || { read_state && [ "$state" != running ]; } || finish
    fi
    sleep 0.3 2>/dev/null || sleep 1
  done
}

enter "$1" || exit 40
attend "$3" follow_log "$2"
