# Stands before every script: where this machine's operations or jobs are, and who of them still lives. $kind says which of
# the two: the name of their folder. Each of them is a folder named by its id; in it
#   holder.1, holder.2, …    links that lead nowhere: "BOOT:PID:START" of its supervisor, and of those after it
#   supervise, keep, …       the scripts that carry it out, as they were when it was started
#   state                    how it stands; state.new keeps the room for the last word
#   log                      what it said
# records.sh tells what else.

boot=
{ IFS= read -r boot </proc/sys/kernel/random/boot_id; } 2>/dev/null
machine= host=
{ IFS= read -r machine </etc/machine-id; } 2>/dev/null
{ IFS= read -r host </proc/sys/kernel/hostname; } 2>/dev/null
case $host in '' | .* | *[!A-Za-z0-9._-]*) host=unnamed ;; esac
case $machine in '' | *[!A-Za-z0-9]*) machine=$host ;; esac
# Containers share their machine's name and may share a home, but a pid means another process in each.
case $(readlink /proc/self/ns/pid) in '' | 'pid:[4026531836]') ;; *) machine=$machine.$host ;; esac
place=hosts/$machine/$kind
main=$HOME/.local/state/tensorline
user=$(id -u)
spare=${HOST_VAR:-/var}/tmp/tensorline-$user

usable() { # root: a folder that only this user can have put things into
  [ -d "$1/$place" ] || return
  [ "$1" = "$main" ] || { [ ! -L "$1" ] && [ -O "$1" ]; }
}

enter() { # id: goes to its folder, if it has begun
  for root in "$main" "$spare"; do
    usable "$root" && [ -L "$root/$place/$1/holder.1" ] && cd "$root/$place/$1" && return
  done
  return 1
}

alive() { # link: the process that it names runs, and is that very one; sets $pid
  who=$(readlink "$1") && runs "$who"
}

runs() { # BOOT:PID:START: sets $pid
  who=$1
  [ "${who%%:*}" = "$boot" ] || return
  who=${who#*:}
  pid=${who%%:*}
  { IFS= read -r line <"/proc/$pid/stat"; } 2>/dev/null || return
  set -f
  set -- "${who#*:}" ${line##*) }
  set +f
  [ "$1" = "${21}" ] && [ "$2" != Z ] && [ "$2" != X ]
}

latest() { # sets $turn to the number of the last supervisor
  turn=1
  while [ -L "holder.$((turn + 1))" ]; do turn=$((turn + 1)); done
}

launch() { # folder, number of the supervisor, words that start it: apart from this session; returns once it runs, or found that another does
  folder=$1 turn=$2
  shift 2
  launched=$("$@" setsid sh "$folder/supervise" "$turn" </dev/null 2>&1 &)
}
