# Part of the probe: starts the sources and obeys the client. Samples until its standard input ends.
# Parameters: nonce, beat ms, silence limit ms, then one source a line.

# Everything runs in one process group, which sshd makes for each session.
finish() {
  trap '' TERM HUP INT
  kill -TERM 0
  kill -KILL 0
}

start() { # mode spec: starts a source in the background and keeps what is needed to start it again
  mode=$1 spec=$2
  eval "set -- $spec"
  kind=$1 name=$2
  shift
  eval "chosen=\${chosen_$name} extra=\${extra_$name}"
  case $kind in
  loop) source_loop "$mode" "$@" 3<&- & ;;
  every) source_every "$@" 3<&- & ;;
  files) source_files "$@" 3<&- & ;;
  *) return ;;
  esac
  eval "pid_$name=\$! spec_$name=\$spec mode_$name=\$mode"
}

again() { # name
  eval "kill -TERM \$pid_$1; start \$mode_$1 \"\$spec_$1\""
} 2>/dev/null

serve() {
  nonce= beat=1000 silence=30000 names=
  # Shells that read no further than they must leave the end of the script's last line.
  while IFS= read -r count <&3 && [ -z "$count" ]; do :; done
  IFS= read -r nonce <&3 && IFS= read -r beat <&3 && IFS= read -r silence <&3 || finish
  while [ "$count" -gt 3 ] && IFS= read -r line <&3; do
    count=$((count - 1))
    start loop "$line"
    case $line in every*) ;; *) names="$names $name" ;; esac
  done
  trap '' USR1
  host_facts 3<&- &
  ticker 3<&- &
  ticker=$!
  while IFS= read -r line <&3; do
    set -f
    set -- $line
    set +f
    case $1 in
    alive) kill -USR1 "$ticker" ;;
    who) shift && who "$@" 3<&- & ;;
    restart) again "$2" ;;
    fields) eval "chosen_$2=\$3" && again "$2" ;;
    extra) eval "extra_$2=\${line#extra $2}" && again "$2" ;;
    poll) eval "mode_$2=poll" && again "$2" ;;
    interval)
      beat=$2
      for name in $names; do again "$name"; done
      kill -KILL "$ticker"
      ticker 3<&- &
      ticker=$!
      ;;
    esac
  done 2>/dev/null
  finish
}

printf '\036tensorline ready\037'
exec 3<&0
timed_read=
(: | read -r -t 1 nothing) 2>/dev/null
[ $? -le 1 ] && timed_read=1
sleep 999999999 </dev/null 3<&- | {
  exec 4<&0
  serve
}
