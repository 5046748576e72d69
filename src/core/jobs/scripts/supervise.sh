# What supervisors of jobs do: the first waits for the job's GPUs, runs it and writes down how it ended. A later one does so
# for a job that still waited when the one before died without a word, and else writes down that it is lost.
# Lines on descriptor 5: "stop"; "limit" and "tick" of its own alarms; "gpus waiting AHEAD TEXT", "gpus refused TEXT" and
# "gpus granted INDEX:UUID … -- NAME=VALUE …" of the program `gpus`.

mark=TENSORLINE_JOB entry=$folder/become grace=10
chooser= limiter= ticker= choice= ended= ending= indexed=0 signal=- reason=- logged=-
IFS=' ' read -r version state was_code was_signal submitted began rest <state

now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

hear() {
  case "$word $event" in
  'stop ' | 'limit ')
    [ -z "$ending" ] || return 0
    halted=$word
    return 1
    ;;
  'tick ') index_log ;;
  # What is said once the choice is made changes nothing, above all not what runs by then.
  'gpus waiting') [ -n "$choice" ] || printf '%s\n' "$value" >waiting ;;
  'gpus granted')
    [ -z "$choice" ] || return 0
    devices=${value%% -- *}
    printf '%s\n' "$devices" >granted
    TENSORLINE_GPUS=${value#"$devices"}
    TENSORLINE_GPUS=${TENSORLINE_GPUS# -- }
    export TENSORLINE_GPUS
    choice=granted
    return 1
    ;;
  'gpus refused')
    [ -z "$choice" ] || return 0
    printf -- '- %s\n' "$value" >waiting
    choice=refused
    return 1
    ;;
  'gpus ended')
    [ -z "$choice" ] || return 0
    choice=ended
    return 1
    ;;
  esac
  # A note that could not be written ends nothing.
  return 0
}

choose_gpus() { # true once it has them; $choice and $halted tell why not
  choice=
  IFS=' ' read -r wish rest <gpus.wish
  case $wish in none | given) return ;; esac
  TENSORLINE_SUPERVISOR=$$ setsid "$sh" -c 'unset unnamed $TENSORLINE_SECRETS TENSORLINE_SECRETS; "$@"; echo gpus ended >&5' \
    sh "$sh" "$folder/gpus" 4>&- </dev/null &
  chooser=$!
  await
  [ "$choice" = granted ]
}

started() { # also where the work begins anew without the user's start-up files
  [ -z "$ticker" ] || return 0
  began=$(now)
  printf '%-239s\n' "1 running - - $submitted $began - - -" 1<>state.next && mv -f state.next state
  # Once a minute it is looked at how far the log is, as long as somebody reads this.
  setsid "$sh" -c 'while sleep 60 && IFS= read -r line </proc/$$/stat; do
    set -- "$1" ${line##*) }
    [ "$3" = "$1" ] && echo tick >&5 || exit
  done' sh "$$" 4>&- </dev/null &
  ticker=$!
  if [ -f limit ] && IFS= read -r seconds <limit; then
    alarm "$seconds" 'echo limit >&5'
    limiter=$timer timer=
  fi
}

index_log() {
  set -f
  set -- $(ls -ln log)
  set +f
  [ "${5:-0}" -gt "$indexed" ] && printf '%s %s\n' "$(date +%s)" "$5" >>log.index && indexed=$5
}

# How often the kernel has killed for want of memory in this group of processes; sets $kills to nothing where it does not tell.
count_kills() {
  kills=
  while IFS=: read -r number_ controllers path; do
    [ "$number_:$controllers" != 0: ] || break
  done </proc/self/cgroup
  while IFS=' ' read -r key value; do
    [ "$key" != oom_kill ] || kills=$value
  done <"${HOST_SYS:-/sys}/fs/cgroup$path/memory.events"
}

killed_by_kernel() { # for want of memory: it counts that, or names the process, later than the job began
  count_kills
  [ "${kills:-0}" -gt "${kills_before:-0}" ] && [ -n "$kills_before" ] && return
  [ "$code" = 137 ] && [ -n "$work" ] || return
  dmesg | grep -F "Killed process $work " | tail -n 1 | {
    IFS= read -r line || exit
    time=${line#?}
    time=${time#"${time%%[! ]*}"}
    [ "${time%%.*}" -ge "${up_before%%.*}" ]
  }
}

judge() { # sets $state, $reason and $signal from $code and $halted
  if [ "$halted" = stop ]; then
    state=stopped
  elif [ "$choice" = refused ]; then
    state=failed reason=gpusUnavailable
  elif [ "$choice" = ended ]; then
    state=failed reason=couldNotStart
  elif [ "$code" = 0 ] && [ -z "$halted" ]; then
    state=succeeded
  else
    state=failed reason=exitCode
    [ "$signal" = - ] || reason=signal
    [ ! -f log.lost ] || reason=diskFull
    ! killed_by_kernel || reason=hostOutOfMemory
    [ "$halted" != limit ] || reason=timeLimit
  fi
}

name_signal() { # a status over 128 is most often that of a signal
  [ "$code" != - ] && [ "$code" -gt 128 ] || return
  name=$(kill -l "$((code - 128))")
  case $name in '' | [!A-Z]* | *[!A-Z0-9+-]*) ;; *) signal=SIG$name ;; esac
}

list_left() { # sets $left to what is in $rest
  left=
  for pid in $rest; do left=${left:+$left,}$pid; done
  left=${left:--}
}

write_end() {
  set -f
  set -- $(ls -ln log)
  set +f
  put_state 239 "1 $state $code $signal $submitted $began ${ended:-$(now)} $reason $left ${5:--}"
}

# A later one neither runs anything again nor ends what nobody wants ended.
if [ "$turn" != 1 ]; then
  exec 2>/dev/null
  case $state in
  queued | running)
    before=$(readlink "holder.$((turn - 1))")
    reason=supervisorDied
    [ "${before%%:*}" = "$boot" ] || reason=hostRestarted
    if [ "$state" = queued ] && [ -f secrets ]; then reason=secretsGone; fi
    if [ "$state" = running ] || [ -f secrets ]; then
      state=lost
      look_around marked
      list_left
      write_end
      exit 0
    fi
    ;;
  *)
    # Somebody wants that.
    code=$was_code signal=$was_signal
    IFS=' ' read -r ended reason rest <<END
$rest
END
    end_all marked 4>/dev/null
    list_left
    write_end
    exit 0
    ;;
  esac
fi

detach
open_log
if choose_gpus; then
  count_kills
  kills_before=$kills
  IFS='. ' read -r up_before rest </proc/uptime
  run script
  # A job that is made to end still has a status.
  if [ -n "$halted" ]; then
    ending=1
    end_all marked
    alarm 5 "echo $number late >&5"
    await
    quiet
  elif [ "$code" = 0 ]; then
    end_all session
  else
    end_all marked
  fi
  list_left
fi
name_signal
for helper in $chooser $limiter $ticker; do kill -s TERM -- "-$helper"; done
close_log
judge
write_end
exit 0
