# Supervises an operation or a job, in whose folder it stands, apart from every connection. Parameter: which of its
# supervisors this is; what each of them does comes after this part, which needs
#   mark        name of the variable that the processes of the work bear
#   entry       the script that becomes a part of the work
#   grace       seconds between asking them to end and making them
#   hear        a function for the lines that `await` does not know, in $word, $event and $value: false ends the waiting
#   started     a function: the session of the work is there, its leader is $work
# It does nothing but wait for lines on descriptor 5: no signal and no polling, so that nothing is ever missed.

cd "${0%/*}" || exit
turn=$1 folder=$PWD
id=${folder##*/}
mask=$(umask)
umask 077
sh=$(command -v sh)
number=0 work= timer= code=- left=- entered= halted=

make_pipe() { # sets $pipe; not every file system knows pipes
  pipe=$folder/pipe.$$
  mkfifo -m 600 "$pipe" 2>/dev/null && return
  hidden=$(mktemp -d) && pipe=$hidden/pipe && mkfifo -m 600 "$pipe"
}

drop_pipe() {
  rm -f "$pipe"
  [ -z "$hidden" ] || rmdir "$hidden"
}

hidden=
make_pipe && exec 5<>"$pipe" && drop_pipe || exit
IFS= read -r boot </proc/sys/kernel/random/boot_id
IFS= read -r line <"/proc/$$/stat"
set -f
set -- ${line##*) }
set +f
# Whoever makes the link is the one.
ln -s "$boot:$$:${20}" "holder.$turn" 2>/dev/null || exit 0

# Secrets are for the work alone: none of what is started beside it has them.
for name in $TENSORLINE_SECRETS; do
  eval "secret_$name=\$$name"
  unset "$name"
done

detach() { # the client may be gone by now, which must end nothing but this word
  (trap '' PIPE && echo running) 2>/dev/null
  exec >/dev/null 2>&1
}

alarm() { # seconds, command: runs it then, unless it becomes quiet before
  setsid "$sh" -c 'sleep "$1" && eval "$2"' sh "$@" 4>&- &
  timer=$!
}

quiet() {
  [ -z "$timer" ] || kill -s KILL "$timer" "-$timer"
  timer=
}

# What runs in the session of the work, and with "marked" what bears its mark elsewhere; sets $rest to the pids.
look_around() {
  rest=
  for stat in /proc/[0-9]*/stat; do
    [ -n "$work" ] || break
    IFS= read -r line <"$stat" || continue
    pid=${line%% *}
    set -f
    set -- "$1" ${line##*) }
    set +f
    [ "$5" = "$work" ] && [ "$2" != Z ] && [ "$2" != X ] && rest="$rest $pid"
  done
  [ "$1" = marked ] || return 0
  for file in $(grep -s -z -l -x -F "$mark=$id" /proc/[0-9]*/environ); do
    pid=${file#/proc/}
    pid=${pid%/*}
    case " $rest $$ " in *" $pid "*) ;; *) rest="$rest $pid" ;; esac
  done
  return 0
}

end_all() { # session or marked: asks all of it to end, after the grace makes it; what stays is in $rest and told
  rounds=0
  IFS=. read -r asked pid </proc/uptime
  while look_around "$1" && [ -n "$rest" ]; do
    if [ "$rounds" = 0 ]; then
      kill -s TERM $rest
      kill -s CONT $rest
    fi
    IFS=. read -r seconds pid </proc/uptime
    [ "$((seconds - asked))" -lt "$grace" ] || kill -s KILL $rest
    [ "$((seconds - asked))" -lt "$((grace + 3))" ] || break
    rounds=$((rounds + 1))
    if [ "$rounds" -gt 10 ]; then sleep 1; else sleep 0.2 || sleep 1; fi
  done
  [ -n "$rest" ] || return 0
  (trap '' PIPE && printf 'Tensorline could not stop these processes:%s\n' "$rest") >&4
  left=left
}

begin() { # login or plain, part: in a session of its own
  number=$((number + 1))
  (
    exec 4>&-
    # It has to tell how the part ended, whoever ends everything at once.
    trap : TERM
    # They are for the work alone.
    [ "$2" != script ] || for name in $TENSORLINE_SECRETS; do eval "export $name=\"\$secret_$name\""; done
    unset TENSORLINE_SECRETS
    umask "$mask"
    cd || cd /
    TENSORLINE_SUPERVISOR=$$ TENSORLINE_NUMBER=$number TENSORLINE_ENTRY=$entry TENSORLINE_PART=$2 TENSORLINE_SH=$sh
    export TENSORLINE_SUPERVISOR TENSORLINE_NUMBER TENSORLINE_ENTRY TENSORLINE_PART TENSORLINE_SH
    TERM=dumb
    export TERM
    if [ "$1" = login ]; then
      set -- "$SHELL" -l -c 'exec "$TENSORLINE_SH" "$TENSORLINE_ENTRY"'
    else
      set -- "$sh" "$entry"
    fi
    setsid "$sh" -c 'echo "$TENSORLINE_NUMBER began $$" >&5; exec "$@" 5>&-' sh "$@"
    echo "$number ended $?" >&5
  ) </dev/null &
}

# Waits until the part has ended by itself: true, $code is its own. False when it has to be ended, or never began.
await() { # what is passed to `hear`
  entered=
  while :; do
    # A signal that was caught ends a reading, but loses nothing.
    IFS=' ' read -r word event value <&5 || continue
    case "$word $event" in
    "$number began") work=$value && started ;;
    "$number entered") entered=1 && quiet ;;
    "$number late") [ -n "$entered" ] || return 1 ;;
    "$number ended") code=$value && return ;;
    *) hear "$1" || return 1 ;;
    esac
  done
}

# Runs a part as the user's login shell would; without it where that hangs or comes to nothing. True as `await` is.
run() { # part, what is passed to `hear`
  case ${SHELL##*/} in sh | ash | dash | bash | zsh | ksh | mksh | fish) way=login ;; *) way=plain ;; esac
  while :; do
    begin "$way" "$1"
    [ "$way" = plain ] || alarm 15 "echo $number late >&5"
    await "$2"
    itself=$?
    quiet
    [ "$way" = login ] && [ -z "$entered$halted" ] || return "$itself"
    end_all session
    way=plain
  done
}

open_log() { # it has a writer of its own, which no full disk ends
  make_pipe || exit
  setsid "$sh" "$folder/keep" <"$pipe" 5>&- &
  keeper=$!
  exec 4>"$pipe"
  drop_pipe
}

close_log() { # something that the work left behind on purpose may hold the pipe for ever
  exec 4>&-
  alarm 5 "kill -s KILL -- -$keeper"
  # A signal of its own ends a wait early.
  while wait "$keeper"; [ "$?" != 127 ] && kill -s 0 "$keeper"; do :; done
  quiet
}

put_state() { # bytes, line: the last word
  until printf "%-$1s\n" "$2" 1<>state.new && mv -f state.new state; do
    [ -L "holder.$turn" ] || exit
    sleep 5
  done
}
