# Ends one process, if it still is the one that was shown. Arguments: pid, start in clock ticks, signal, seconds to wait.
# Answers one line: gone, noSuchProcess, processChanged, notYourProcess USER or processSurvived.
proc=${HOST_PROC:-/proc} etc=${HOST_ETC:-/etc}
pid=$1 start=$2 signal=$3 seconds=$4

look() { # sets $state and $started; false where there is no such process
  state= started=
  { IFS= read -r line <"$proc/$pid/stat"; } 2>/dev/null || return 1
  set -f
  set -- ${line##*) }
  state=$1 started=${20}
}

runs() { # the same process, and not merely waiting for its parent to take note of its end
  look && [ "$started" = "$start" ] && [ "$state" != Z ] && [ "$state" != X ]
}

answer() {
  printf '%s\n' "$*"
  exit 0
}

look || answer noSuchProcess
[ "$started" = "$start" ] || answer processChanged
runs || answer gone
uid=
while read -r key number rest; do
  [ "$key" = Uid: ] && uid=$number && break
done <"$proc/$pid/status"
me=$(id -u)
if [ "$me" != 0 ] && [ "$uid" != "$me" ]; then
  user=
  while IFS=: read -r name secret number rest; do
    [ "$number" = "$uid" ] && user=$name && break
  done <"$etc/passwd"
  [ -n "$user" ] || user=$(getent passwd "$uid" 2>/dev/null)
  answer notYourProcess "${user%%:*}"
fi
if ! kill -s "$signal" "$pid" 2>/dev/null; then
  runs && answer notYourProcess
  answer gone
fi
rounds=$((seconds * 5))
while runs; do
  [ "$rounds" -gt 0 ] || answer processSurvived
  rounds=$((rounds - 1))
  sleep 0.2 2>/dev/null || { sleep 1 && rounds=$((rounds - 4)); }
done
answer gone
