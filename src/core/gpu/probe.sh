# Samples one host until its standard input ends. Knows no vendor: what to read comes as parameters.
# Writes records (RS nonce type payload US, one write each, at most 4096 bytes); all other bytes are a loop tool's output.
# Lists in a payload end each item with GS. Roots follow HOST_PROC, HOST_SYS and HOST_ETC, as inside containers.
# Hot paths use builtins only. Parameters: nonce, beat ms, silence limit ms, then one source a line (see sources below).
{
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/nvidia/bin:/usr/lib/wsl/lib:/opt/rocm/bin:/opt/bin
export PATH
unset CDPATH
proc=${HOST_PROC:-/proc} sys=${HOST_SYS:-/sys} etc=${HOST_ETC:-/etc}
nl='
'
rs=$(printf '\036') us=$(printf '\037') gs=$(printf '\035')

emit() { # type payload
  printf '%s' "$rs$nonce $1 $2$us"
}

first_line() { # file: sets $value; false where there is nothing to read
  value=
  { IFS= read -r value <"$1"; } 2>/dev/null || [ -n "$value" ]
}

# A pause costs a process only where read knows no time limit. Descriptor 4 is a pipe that never yields anything.
pause() { # ms
  fraction=$(($1 % 1000))
  case $fraction in ?) fraction=00$fraction ;; ??) fraction=0$fraction ;; esac
  if [ -n "$timed_read" ]; then
    IFS= read -r -t "$(($1 / 1000)).$fraction" nothing <&4 2>/dev/null
    [ $? -ne 2 ] && return
    timed_read=
  fi
  sleep "$(($1 / 1000)).$fraction" 2>/dev/null || sleep "$((($1 + 999) / 1000))"
}

# Runs a command with a time limit; its output, and as the last line "exit N". For command substitutions.
limited() { # seconds argv...
  seconds=$1
  shift
  "$@" </dev/null 2>&1 &
  tool=$!
  {
    if [ -n "$timed_read" ]; then
      IFS= read -r -t "$seconds" nothing <&4
    else
      trap 'kill "$nap"; exit' TERM
      sleep "$seconds" &
      nap=$!
      wait "$nap"
    fi
    kill -KILL "$tool"
  } >/dev/null 2>&1 &
  guard=$!
  wait "$tool" 2>/dev/null
  code=$?
  kill "$guard" 2>/dev/null
  printf '\nexit %s' "$code"
}

capture() { # seconds argv...: sets $text and $code
  text=$(limited "$@" 2>/dev/null)
  code=${text##*"${nl}exit "}
  text=${text%"$nl"exit*}
}

send() { # source text: the text's lines in records, none longer than a record may be
  case $2 in *["$rs$us"]*) set -- "$1" "$(printf '%s' "$2" | tr -d '\036\037')" ;; esac
  chunk=
  set -f
  IFS=$nl
  for line in $2; do
    if [ "${#line}" -le 1000 ]; then
      chunk=$chunk$line$gs
      [ "${#chunk}" -gt 2500 ] && emit out "$1 $chunk" && chunk=
      continue
    fi
    end=$gs
    case $line in *,) end=,$gs ;; esac
    comma=
    IFS=,
    for word in $line; do
      [ "${#word}" -gt 1000 ] && word=$(printf '%.1000s' "$word")
      chunk=$chunk$comma$word
      comma=,
      [ "${#chunk}" -gt 2500 ] && emit out "$1 $chunk" && chunk=
    done
    IFS=$nl
    chunk=$chunk$end
  done
  unset IFS
  set +f
  [ -n "$chunk" ] && emit out "$1 $chunk"
}

# --- sources -------------------------------------------------------------------------------------------------------

asleep() { # pattern of runtime_status files: true when there are some and all say suspended
  [ -n "$1" ] || return 1
  found=1
  IFS=
  for file in $sys/$1; do
    first_line "$file" && found=0 && [ "$value" != suspended ] && found=1 && break
  done
  unset IFS
  return $found
}

# every ID MS SECONDS STATUS argv...: runs again and again (MS 0: once), never twice at a time, not while asleep STATUS.
source_every() {
  id=$1 ms=$2 limit=$3 status=$4
  shift 4
  while command -v "$1" >/dev/null 2>&1; do
    if asleep "$status"; then
      emit asleep "$id"
    else
      capture "$limit" "$@"
      send "$id" "$text"
      emit done "$id $code"
    fi
    [ "$ms" -gt 0 ] || exit
    pause "$ms"
  done
  emit done "$id 127"
}

# files ID MS BASE GUARD SKIP pattern...: first lines of files below each folder BASE; a folder whose file GUARD holds
# SKIP is left alone, so that a sleeping device stays asleep. MS 0: each beat.
source_files() {
  id=$1 ms=$2 base=$3 guard=$4 skip=$5
  shift 5
  [ "$ms" -gt 0 ] || ms=$beat
  IFS=
  while :; do
    chunk=
    for folder in $sys/$base; do
      [ -d "$folder" ] || continue
      if [ -n "$guard" ] && first_line "$folder/$guard"; then
        chunk=$chunk${folder#"$sys"/}/$guard=$value$gs
        [ "$value" = "$skip" ] && continue
      fi
      for pattern; do
        for file in $folder/$pattern; do
          first_line "$file" || continue
          [ "${#value}" -le 200 ] && chunk=$chunk${file#"$sys"/}=$value$gs
          [ "${#chunk}" -gt 2500 ] && emit out "$id $chunk" && chunk=
        done
      done
    done
    [ -n "$chunk" ] && emit out "$id $chunk"
    emit done "$id 0"
    pause "$ms"
  done
}

# help text, wanted fields (a|b: the first that is known; without help just the first): sets $fields
choose_fields() {
  fields=
  set -f
  IFS=,
  for wanted in $2; do
    IFS='|'
    for name in $wanted; do
      case ${1:-"\"$name\""} in *"\"$name\""*) fields=$fields${fields:+,}$name && break ;; esac
    done
  done
  unset IFS
  set +f
}

# loop ID HELP FIELDS GUARD argv... @loop@ argv...: a tool that samples by itself; its output goes straight to the
# channel. FIELDS are those of which the tool's HELP option speaks; words may hold @fields@ and @beat@. Words after
# @loop@ make the tool loop. Where all files of pattern GUARD say suspended, it waits.
source_loop() {
  mode=$1 id=$2 help=$3 wanted=$4 status=$5
  shift 5
  command -v "$1" >/dev/null 2>&1 || { emit exit "$id 127"; exit; }
  trap 'kill -KILL $tool 2>/dev/null; exit' TERM
  tool=
  while asleep "$status"; do
    emit asleep "$id"
    pause 5000
  done
  fields=$chosen
  if [ -z "$fields" ]; then
    capture 5 "$1" "$help"
    choose_fields "$text" "$wanted"
    [ -n "$fields" ] || choose_fields "" "$wanted"
  fi
  emit fields "$id $fields"
  count=$# looping=
  for word; do
    case $word in *@fields@*) word=${word%%@fields@*}$fields${word#*@fields@} ;; esac
    case $word in
    @loop@) looping=1 ;;
    @beat@) [ "$mode" = poll ] || set -- "$@" "$beat" ;;
    *) [ "$mode$looping" = poll1 ] || set -- "$@" "$word" ;;
    esac
  done
  shift "$count"
  while [ "$mode" = poll ]; do
    capture 15 "$@"
    printf '%s\n' "$text"
    emit ran "$id $code"
    pause "$beat"
  done
  "$@" </dev/null 2>&1 3<&- 4<&- &
  tool=$!
  wait "$tool"
  code=$?
  tool=
  emit exit "$id $code"
}

# --- the host ------------------------------------------------------------------------------------------------------

host_facts() {
  while IFS= read -r line; do
    case $line in PRETTY_NAME=*) emit fact "distribution=${line#*=}" ;; esac
  done <"$etc/os-release"
  first_line "$proc/sys/kernel/hostname" && emit fact "hostname=$value"
  first_line "$proc/sys/kernel/osrelease" && emit fact "kernel=$value"
  first_line "$sys/devices/system/cpu/online" && emit fact "cpus=$value"
  first_line "$proc/sys/kernel/arch" || value=$(uname -m)
  emit fact "architecture=$value"
  lines=0
  while [ "$lines" -lt 40 ] && IFS= read -r line; do
    lines=$((lines + 1))
    case $line in "model name"*:*) emit fact "cpu=${line#*: }" && break ;; esac
  done <"$proc/cpuinfo"
  first_line "$proc/uptime"
  emit fact "clock=$(date +%s) ${value%% *} $(getconf CLK_TCK || echo 100)"
  emit fact "user=$(id -un)"
} 2>/dev/null

host_beat() {
  first_line "$proc/uptime" && beat_text=$value$gs || beat_text=$gs
  first_line "$proc/loadavg"
  beat_text=$beat_text$value$gs
  lines=0
  {
    while [ "$lines" -lt 5 ] && IFS= read -r line; do
      lines=$((lines + 1))
      beat_text=$beat_text$line$gs
    done <"$proc/meminfo"
  } 2>/dev/null
  emit host "$beat_text"
}

own_cost() { # clock ticks of this shell and of the children it waited for
  first_line /proc/self/stat || return
  set -f
  set -- ${value##*) }
  set +f
  emit cost "${12} ${13} ${14} ${15}"
}

now() { # sets $at to the hundredths of a second since boot
  first_line /proc/uptime || value=1.00
  value=${value%% *}
  at=${value%.*}${value#*.}
}

# Host facts every second or two, or at the beat, and the watch over the client: without a word from it, all ends.
ticker() {
  alive=
  trap 'alive=1' USR1
  period=$beat finest=1000
  # A pause that costs a process is taken half as often.
  [ -n "$timed_read" ] || finest=2000
  [ "$period" -ge "$finest" ] || period=$finest
  now
  heard=$at told=0 measured=$at
  wait_ms=$period
  [ "$wait_ms" -le $((silence / 3)) ] || wait_ms=$((silence / 3))
  while :; do
    now
    [ -n "$alive" ] && alive= && heard=$at
    [ $(((at - heard) * 10)) -lt "$silence" ] || finish
    if [ $(((at - told) * 10 + 20)) -ge "$period" ]; then
      told=$at
      host_beat
    fi
    [ $((at - measured)) -ge 1000 ] && measured=$at && own_cost
    pause "$wait_ms"
  done
}

# --- processes -----------------------------------------------------------------------------------------------------

user_name() { # uid: sets $user
  user=
  {
    while IFS=: read -r name secret number rest; do
      [ "$number" = "$1" ] && user=$name && return
    done <"$etc/passwd"
  } 2>/dev/null
  user=$(getent passwd "$1" 2>/dev/null)
  user=${user%%:*}
}

who() { # pid...: start in clock ticks, user id, user name and command line; of a process that is gone only its pid
  known_uid=
  for pid; do
    first_line "$proc/$pid/stat" || { emit proc "$pid$gs"; continue; }
    set -f
    set -- ${value##*) }
    set +f
    start=${20} uid=
    {
      while read -r key number rest; do
        [ "$key" = Uid: ] && uid=$number && break
      done <"$proc/$pid/status"
    } 2>/dev/null
    [ -n "$uid" ] && [ "$uid" != "$known_uid" ] && user_name "$uid" && known_uid=$uid
    words=$(tr '\000-\037\177' '[ *]' <"$proc/$pid/cmdline" 2>/dev/null)
    emit proc "$pid$gs$start$gs$uid$gs$user$gs$(printf '%.2000s' "$words")$gs"
  done
}

# --- control -------------------------------------------------------------------------------------------------------

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
  eval "chosen=\${chosen_$name}"
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
  IFS= read -r count <&3 && IFS= read -r nonce <&3 && IFS= read -r beat <&3 && IFS= read -r silence <&3 || exit
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
exit 0
}
