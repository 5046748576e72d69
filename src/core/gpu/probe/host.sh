# Part of the probe: facts about the host and its processes, and the watch over the client.

host_facts() {
  while IFS= read -r line; do
    case $line in PRETTY_NAME=*) emit fact "distribution=${line#*=}" ;; esac
  done <"$etc/os-release"
  first_line "$proc/sys/kernel/hostname" && emit fact "hostname=$value"
  first_line "$proc/sys/kernel/osrelease" && emit fact "kernel=$value"
  first_line "$sys/devices/system/cpu/online" || value=0-$(($(getconf _NPROCESSORS_ONLN) - 1))
  emit fact "cpus=$value"
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
