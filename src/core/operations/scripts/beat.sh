# Ends a script that goes on for long when its client is gone: sshd does not notice one that stands still. Everything runs in
# one process group, which sshd makes for each session.

finish() {
  trap '' TERM
  kill -s TERM 0
  kill -s KILL 0
}

watch_client() { # seconds
  heard= silent=0
  trap 'heard=1' USR1
  while [ "$silent" -lt 3 ]; do
    sleep "$1"
    silent=$((silent + 1))
    [ -z "$heard" ] || silent=0
    heard=
  done
  finish
}

attend() { # a third of the time in seconds after which a client that says nothing is gone, the work: until that finishes
  watch_client "$1" &
  watcher=$!
  shift
  "$@" &
  while IFS= read -r line; do kill -s USR1 "$watcher"; done
  finish
}
