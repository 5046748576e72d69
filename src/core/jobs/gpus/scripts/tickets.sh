# Part of what deals with GPU tickets: where they are and which of them count. All that other users wrote is hostile.
# A ticket is a small file that its writer touches every 30 s. Its owner says whose it is, its name when it was asked for
# and what: 1-SECONDS-NANOSECONDS-BOOT-PID-KIND-COUNT-MIB, in the order of which jobs are served. It holds one line,
# "1 STATE MACHINE JOB LOOKED GPUS IDLE", lists with commas, - for none: STATE waiting, claiming or holding; GPUS those that it has
# (INDEX:UUID); LOOKED when GPUs were last looked at (seconds since the epoch), and IDLE which stayed idle then,
# INDEX:UUID:KIND:MIB, KIND n for NVIDIA, m for a MIG slice, a for AMD, MIB its free memory.
LC_ALL=C
export LC_ALL
unset CDPATH
proc=${HOST_PROC:-/proc} sys=${HOST_SYS:-/sys} etc=${HOST_ETC:-/etc}
tickets=${HOST_VAR:-/var}/tmp/tensorline-gpu
stale=120

# Prints "NAME TOUCHED UID STATE MACHINE JOB LOOKED GPUS IDLE" of each that counts, the oldest first, a hundred of each user
# at most. Nothing but its name, its owner and its time is believed before it is known to be a small file with one name.
read_tickets() {
  [ ! -L "$tickets" ] && cd "$tickets" || return
  find . ! -name . -prune -type f -links 1 -size -9 -mmin -3 -name '1-*' ! -name '*[!a-z0-9-]*' \
    -exec stat -c '%n %Y %u' {} + | sort | awk -v now="$(date +%s)" -v stale="$stale" '
    {
      name = substr($1, 3)
      fits = split(name, part, "-") == 8 && length(part[2]) == 10 && length(part[3]) == 9 && length(name) < 100
      # One that claims to be of the future would live for ever.
      if (fits && $2 >= now - stale && $2 <= now + 60 && seen[$3]++ < 100) print name, $2, $3
    }' | while IFS=' ' read -r name touched owner; do
    [ -f "$name" ] && [ ! -L "$name" ] || continue
    { IFS=' ' read -r version word theirs job looked gpus idle rest <"$name"; } || continue
    case "$version $word$rest" in '1 waiting' | '1 claiming' | '1 holding') ;; *) continue ;; esac
    case $looked in '' | *[!0-9]* | ???????????*) continue ;; esac
    case $theirs$job$gpus$idle in *[!A-Za-z0-9.:,_-]*) continue ;; esac
    [ -z "$idle" ] || printf '%s\n' "$name $touched $owner $word $theirs $job $looked $gpus $idle"
  done
} 2>/dev/null

# Runs words with a time limit; what hangs (a tool, or a file that became a pipe) is killed: code 137.
limited() { # seconds words...
  limit=$1
  shift
  "$@" </dev/null &
  work=$!
  {
    # KILL, as a process that has only just begun may let TERM go by.
    trap 'kill -KILL "$!"; wait "$!"; exit' TERM
    sleep "$limit" &
    wait "$!"
    kill -KILL "$work"
  } >/dev/null 2>&1 &
  guard=$!
  wait "$work"
  code=$?
  kill "$guard"
  wait "$guard"
  return "$code"
} 2>/dev/null

user_name() { # uid: sets $user
  [ "$1" != "$known_uid" ] || { user=$known_user && return; }
  known_uid=$1 user=
  {
    while IFS=: read -r login secret number rest; do
      [ "$number" = "$1" ] && user=$login && break
    done <"$etc/passwd"
  } 2>/dev/null
  [ -n "$user" ] || user=$(getent passwd "$1" 2>/dev/null)
  user=${user%%:*}
  case $user in '' | *[!A-Za-z0-9.@_+\\-]*) user="user $1" ;; esac
  known_user=$user
}
known_uid= known_user=
