# Prints a job's log from a byte on and as it grows, until the job has ended. Parameters: id, bytes to leave out, a third of
# the time in seconds after which a client that says nothing is gone. Input: a line now and then.

# Sets $phase to queued or running, else to ended.
read_phase() {
  version= phase=
  { IFS=' ' read -r version phase line <state; } 2>/dev/null
  case "$version $phase" in '1 queued' | '1 running') ;; *) phase=ended ;; esac
}

# Something supervises the job, or it waits for something that will; that of a scheduler's job may be on another machine.
# Who looks at it finds out what became of it otherwise.
supervised() {
  latest
  alive "holder.$turn" && return
  read_phase
  case $phase in ended) return ;; queued) ;; *) [ -L submitter.1 ] || return ;; esac
  unheld=$((unheld + 1))
  [ "$unheld" -lt 7 ]
}

# Whatever GNU tail complains about, such as a log that was cut, this is not the log that it was.
tail_log() { # bytes to leave out
  tail -c "+$(($1 + 1))" -s 0.2 -f log 2>&1 >&3 3>&- | {
    IFS= read -r line
    finish
  } 3>&-
}

follow_log() { # bytes to leave out
  exec 3>&1 5<log
  by=clock
  # The byte before proves that this log is as long as what was read of it, and leaves the place at the next one.
  if [ "$1" -gt 0 ] && [ "$(dd bs=1 skip="$(($1 - 1))" count=1 <&5 2>/dev/null | wc -c)" -ne 1 ]; then
    by=nothing
    exec 5</dev/null
  fi
  # Nothing reads faster.
  cat <&5
  read_phase
  if [ "$by" = clock ] && [ "$phase" != ended ]; then
    # Only this one is woken by the kernel and not by the clock.
    case $(tail --version 2>/dev/null) in *'GNU coreutils'*) by=tail ;; esac
  fi
  if [ "$by" = tail ]; then
    IFS=' 	' read -r line at </proc/self/fdinfo/5 || finish
    tail_log "$at" &
  fi
  rounds=0 unheld=0
  while :; do
    # What came before the end is read after the end was seen. What tail had no time for, the client asks for.
    read_phase
    [ "$by" = tail ] || cat <&5
    [ "$phase" != ended ] || finish
    rounds=$(((rounds + 1) % 15))
    [ "$rounds" != 0 ] || supervised || finish
    sleep 0.3 2>/dev/null || sleep 1
  done
}

enter "$1" || exit 40
[ -f log ] || exit 40
attend "$3" follow_log "$2"
