# How jobs stand. Beside what place.sh says, the folder of one holds
#   card, settings           what the client wants to show of it, and to start it again with
#   script                   what it is, as text for sh; become: what turns a process into it
#   gpus.wish, gpus          which GPUs it wants, and the program that gets them; waiting, granted: what that said
#   limit                    seconds that it may run
#   secrets                  names of its secrets, where it has any
#   backend, backend.options, scheduler
#   state                    "1 STATE CODE SIGNAL SUBMITTED BEGAN ENDED REASON LEFT LOGBYTES", "-" where unknown; state.next
#                            and state.new keep the room for what follows
#   log.index, log.lost      see supervise.sh and keep.sh
#   survival                 setsid, scope or atRisk: whether it outlives the log-in
#   out, run, code           what it makes, what its failures leave, the snapshot that it works in

read_state() {
  { IFS=' ' read -r version state code signal submitted began ended reason left logged <state; } 2>/dev/null && [ "$version" = 1 ]
}

has_ended() {
  case $state in queued | running) return 1 ;; esac
}

first_line() { # file: sets $line
  line=
  { IFS= read -r line <"$1"; } 2>/dev/null || [ -n "$line" ]
}

log_bytes() { # sets $logged; not every wc knows the length of a file without reading it
  case $logged in '' | - | *[!0-9]*) ;; *) return ;; esac
  logged=-
  [ -f log ] || return 0
  # A job that has not begun says nothing.
  [ "$state" != queued ] || { logged=0 && return; }
  set -f
  set -- $(ls -ln log 2>/dev/null)
  set +f
  logged=${5:--}
}

# Looks after a job that has no end and no supervisor: its back end may know of it; else one that waits is started again,
# and one that ran is lost, which its next supervisor writes down.
look_after() { # id
  if command -v "${backend}_tell" >/dev/null; then
    "${backend}_tell" "$1"
  elif [ "$state" = queued ] && [ ! -f secrets ] && command -v "${backend}_launch" >/dev/null; then
    "${backend}_launch" "$((turn + 1))"
    read_state
  else
    launch "$PWD" "$((turn + 1))"
    read_state
  fi
}

tell() { # id, in its folder: four lines, see records.ts
  read_state || return
  lives=
  if ! has_ended; then
    first_line backend
    case $line in *[!a-z]*) backend= ;; *) backend=$line ;; esac
    latest
    if alive "holder.$turn"; then
      lives=$pid
    elif read_state && ! has_ended; then
      look_after "$1"
    fi
  fi
  if [ -f log.lost ]; then lost=lost; else lost=-; fi
  log_bytes
  first_line scheduler
  printf '%s %s %s %s %s %s %s %s %s %s %s %s\n' "$1" "$state" "$code" "$signal" "$submitted" "$began" "$ended" "$reason" \
    "$logged" "$lost" "$left" "${line:--}"
  first_line card
  printf '%.2000s\n' "$line"
  first_line granted
  printf '%.2000s\n' "${line:--}"
  line=$detail
  [ -n "$line" ] || [ ! -f waiting ] || first_line waiting
  printf '%.1000s\n' "$line"
}
detail=
