# What a job's tmux session shows: its log, as it grows, until its supervisor has ended. Parameter: number of the supervisor.
# Ctrl+C here, and ending the session, is a wish to stop the job.

cd "${0%/*}" || exit
id=${PWD##*/} pid= viewer=

start_of() { # pid: sets $start to when it began, in clock ticks since boot
  start=
  { IFS= read -r line <"/proc/$1/stat"; } 2>/dev/null || return
  set -f
  set -- ${line##*) }
  set +f
  start=${20}
}

stop() {
  trap '' HUP INT QUIT TERM
  start_of "$pid" && [ "$start" = "$began" ] && [ -p "/proc/$pid/fd/5" ] && echo stop >"/proc/$pid/fd/5"
  leave
}

leave() {
  [ -z "$viewer" ] || kill "$viewer" 2>/dev/null
  # The user's settings may keep what has ended on the screen.
  tmux kill-session -t "=tensorline-$id"
  exit 0
}

trap stop HUP INT QUIT TERM
rounds=0
until who=$(readlink "holder.$1"); do
  rounds=$((rounds + 1))
  [ "$rounds" -lt 50 ] || leave
  sleep 0.2 || sleep 1
done
pid=${who#*:}
began=${pid#*:} pid=${pid%%:*}
tail -c +1 -f log &
viewer=$!
while start_of "$pid" && [ "$start" = "$began" ]; do
  sleep 2 &
  wait "$!"
done
leave
