# The back end "slurm": a job's supervisor runs as a batch job. Besides the files that every job has, its folder holds
#   why                         tells the supervisor why Slurm asked everything to end
#   batch                       what sbatch gets; its path is what Slurm knows the job by
#   submitter.1, …              links "BOOT:PID:START" of those who submit it, one at a time
#   scheduler                   its number
#   allocation                  a link that names the number of the one batch job that may run it
#   scheduler.end               "STATE ENDED": what `why` found

slurm_mark=$(printf '\037')
slurm_line='
'

slurm_ready() { # the commands of Slurm can be found; many clusters put them on the PATH of log-in shells alone
  command -v sbatch >/dev/null 2>&1 && return
  slurm_words=$(
    . /etc/profile >/dev/null 2>&1 </dev/null
    command -v sbatch >/dev/null 2>&1 && printf '%s\n' "$PATH" "$SLURM_CONF"
  ) 2>/dev/null || return
  PATH=${slurm_words%%"$slurm_line"*}
  slurm_words=${slurm_words#*"$slurm_line"}
  if [ -n "$slurm_words" ]; then export SLURM_CONF="$slurm_words"; fi
}

slurm_brief() { # program, words: it has to answer soon, as others wait for the same lane
  if command -v timeout >/dev/null 2>&1; then timeout 8 "$@"; else "$@"; fi
}

slurm_usable() {
  slurm_ready || echo missing
  command -v sbatch >/dev/null 2>&1
}

# Jobs as squeue tells them, a line each: "NUMBER|STATE|BEGIN|END|SUBMITTED|USER|GRES|REASON", then after a mark each its
# shown number, command, folder and name, with the escapes of JSON. The last line is "ok" where it could tell.
slurm_squeue() { # further words for squeue
  {
    LC_ALL=C TZ=UTC0 SLURM_TIME_FORMAT=standard slurm_brief squeue -h -a "$@" \
      -o "$(printf '\036%%A|%%T|%%S|%%e|%%V|%%u|%%b|%%r\037%%i\037%%o\037%%Z\037%%j\037')" 2>/dev/null </dev/null &&
      printf '\036ok\036'
    # A name may hold line breaks and anything else.
  } | LC_ALL=C tr '\n\036' ' \n' | LC_ALL=C tr -d '\000-\011\013-\036\177' | LC_ALL=C sed 's/["\\]/\\&/g; s/ *$//'
}

slurm_ask() { # once, or with "again" anew: $slurm_mine are this user's jobs, and those that ended in the last minutes
  [ -z "$slurm_asked" ] || [ -n "$1" ] || return 0
  slurm_asked=1
  slurm_ready
  slurm_mine=$(slurm_squeue -t all -u "$(id -u)")
}

slurm_forget() { # the next question is asked anew
  slurm_asked=
}

slurm_answers() { # of $slurm_mine
  case $slurm_line$slurm_mine in *"${slurm_line}ok") ;; *) return 1 ;; esac
}

slurm_row() { # number: sets $word, $begins, $ends, $why; false where Slurm does not list it
  case $slurm_line$slurm_mine in *"$slurm_line$1|"*) ;; *) return 1 ;; esac
  row=$slurm_line$slurm_mine
  row=${row#*"$slurm_line$1|"}
  IFS='|' read -r word begins ends row <<END
${row%%"$slurm_line"*}
END
  row=${row%%"$slurm_mark"*}
  why=${row##*|}
}

slurm_adopt() { # finds the job of this folder in Slurm, where nobody lived to write its number down
  number=
  { IFS=' ;' read -r number row <scheduler; } 2>/dev/null || { IFS=' ;' read -r number row <scheduler.new; } 2>/dev/null
  case $number in '' | *[!0-9]*) ;; *) return 0 ;; esac
  slurm_ask
  row=${slurm_mine%%"$slurm_mark$PWD/batch$slurm_mark"*}
  [ "$row" != "$slurm_mine" ] || return
  row=${row##*"$slurm_line"}
  number=${row%%|*}
}

slurm_number() { # writes down $number
  [ -s scheduler ] || { printf '%s\n' "$number" >"scheduler.$$" && mv -f "scheduler.$$" scheduler; }
}

slurm_turn() { # sets $turn to this submitter's; one after the other, and a later one only after an earlier one died
  IFS= read -r line <"/proc/$$/stat" || return
  set -f
  set -- ${line##*) }
  set +f
  turn=1 tries=0
  until ln -s "$boot:$$:${20}" "submitter.$turn" 2>/dev/null; do
    [ -L "submitter.$turn" ] || return
    [ ! -s scheduler ] || return 0
    if ! alive "submitter.$turn"; then
      turn=$((turn + 1))
    else
      tries=$((tries + 1))
      [ "$tries" -lt 25 ] || return
      sleep 1
    fi
  done
}

slurm_launch() {
  slurm_ready
  slurm_submit && return
  # Nothing stays of what was not taken.
  line=$PWD
  cd .. && rm -rf "$line"
  exit 51
}

slurm_submit() {
  slurm_turn || return
  [ ! -s scheduler ] || return 0
  if [ "$turn" = 1 ] || { slurm_ask again && ! slurm_adopt; }; then
    # What Slurm gives is never chosen anew.
    [ "$(cat gpus.wish)" = none ] || echo given >gpus.wish
    set --
    while IFS= read -r line; do set -- "$@" "$line"; done <backend.options
    sbatch --parsable --export=ALL --output=/dev/null --chdir="$PWD" --no-requeue "$@" "$PWD/batch" \
      >scheduler.new </dev/null || return
    IFS=' ;' read -r number line <scheduler.new
    slurm_asked=
  fi
  slurm_number
}

slurm_state() { # Slurm's word for a state: sets $state and $reason
  reason=-
  case $1 in
  PENDING | CONFIGURING | REQUEUE* | SPECIAL_EXIT | RESV_DEL_HOLD) state=queued reason=waitingForScheduler ;;
  RUNNING | SUSPENDED | STOPPED | SIGNALING | STAGE_OUT | RESIZING | COMPLETING) state=running ;;
  TIMEOUT | DEADLINE) state=failed reason=timeLimit ;;
  OUT_OF_MEMORY) state=failed reason=hostOutOfMemory ;;
  CANCELLED* | REVOKED) state=stopped ;;
  COMPLETED) state=succeeded ;;
  FAILED) state=failed reason=exitCode ;;
  *) state=failed reason=schedulerEnded ;;
  esac
}

slurm_time() { # a time of Slurm, in UTC: sets $time
  case $1 in [0-9]*-*T*:*) time=${1%Z}Z ;; *) time=- ;; esac
}

slurm_past() { # number: sets $word and $ends from the accounts, which many clusters have not
  row=$(LC_ALL=C TZ=UTC0 SLURM_TIME_FORMAT=standard slurm_brief sacct -X -P -n -j "$1" -o State,End 2>/dev/null </dev/null) ||
    return
  IFS='|' read -r word ends <<END
${row%%"$slurm_line"*}
END
  word=${word%% *}
  [ -n "$word" ]
}

slurm_missing() { # nobody has written down the number of this job, and Slurm does not list it: true once it does
  line=1
  while [ -L "submitter.$((line + 1))" ]; do line=$((line + 1)); done
  reason=waitingForScheduler detail='- None'
  ! alive "submitter.$line" || return
  slurm_ask again
  if ! slurm_answers; then
    detail=noAnswer
  elif slurm_adopt; then
    return 0
  elif [ -f secrets ] && [ -z "$TENSORLINE_SECRETS" ]; then
    word=secretsGone ends= && slurm_end
  else
    # Whoever submitted it died before Slurm heard of it.
    (slurm_submit) 2>/dev/null </dev/null
  fi
  return 1
}

slurm_tell() { # corrects a job that has no end and whose supervisor is not seen: Slurm may run it elsewhere, or did
  slurm_ask
  slurm_adopt || slurm_missing || return 0
  slurm_number
  ends= why=
  # What is not in the answer may have been submitted after it.
  slurm_row "$number" || ! slurm_answers || slurm_ask again
  if slurm_row "$number"; then
    :
  elif ! slurm_answers; then
    detail=noAnswer
    [ "$state" != queued ] || reason=waitingForScheduler
    return 0
  elif { IFS=' ' read -r word ends <scheduler.end; } 2>/dev/null || slurm_past "$number"; then
    why=
  else
    word=unknownJob
  fi
  case $word in
  PENDING)
    # The answer may be older than what the job's node wrote.
    [ "$state" = queued ] || return 0
    slurm_time "$begins"
    state=queued reason=waitingForScheduler detail="$time $why"
    return 0
    ;;
  RUNNING | COMPLETING | SUSPENDED)
    slurm_time "$begins"
    state=running reason=-
    [ "$began" != - ] || began=$time
    return 0
    ;;
  esac
  # Where folders come over a network, listing this one brings what a node wrote in it last.
  ls >/dev/null
  read_state
  case $state in queued | running) ;; *) return 0 ;; esac
  slurm_end
}

slurm_end() { # of $word at $ends: the job ended without a word of its supervisor, which is written down in its place
  detail=$word
  case $word in
  COMPLETED | FAILED | unknownJob)
    state=lost reason=supervisorDied
    if [ "$word" = FAILED ] && [ ! -L allocation ]; then
      state=failed reason=couldNotStart detail=notShared
      case $why in *LaunchFailure*) detail=LAUNCH_FAILED ;; esac
    fi
    ;;
  secretsGone) state=lost reason=secretsGone ;;
  *) slurm_state "$word" ;;
  esac
  slurm_time "$ends"
  ended=$time
  log_bytes
  {
    printf '%s\n' "$detail" >waiting
    printf '%-239s\n' "1 $state $code $signal $submitted $began $ended $reason $left $logged" 1<>state.new && mv -f state.new state
  } 2>/dev/null
  return 0
}

slurm_stop() { # a supervisor on this machine is told by others
  slurm_ready
  slurm_adopt && slurm_brief scancel "$number" 2>/dev/null </dev/null
}
