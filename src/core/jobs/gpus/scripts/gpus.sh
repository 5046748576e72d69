# The program that gives GPUs to a job, in whose folder it stands: waits for its turn, looks which are idle, tells the supervisor, and keeps a
# ticket for as long as that lives. The oldest live ticket alone looks at GPUs; who comes after looks at tickets only.

exec </dev/null >/dev/null 2>&1 5>&-
umask 022
PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin:/usr/local/nvidia/bin:/usr/lib/wsl/lib:/opt/bin
export PATH
# Seconds: between the looks of all who wait; between the turns of one of them; between the first looks; of touching.
# A utilization is that of up to one second before, so that looks closer to one another would see one of them twice.
look=10 every=10 gap=1 keep=30 moment=0.2
nl='
'
id=${PWD##*/} machine=${PWD%/*/*} supervisor=$TENSORLINE_SUPERVISOR
machine=${machine##*/}
ticket= new= me= nap= clock=0 looked=0 calm=- told= touched=0

start_of() { # pid: sets $start to when it began, in clock ticks since boot
  start=
  IFS= read -r line <"/proc/$1/stat" || return
  set -f
  set -- ${line##*) }
  set +f
  start=${20}
}

leave() {
  [ -z "$nap" ] || kill -KILL "$!"
  [ -z "$ticket" ] || rm -f "$ticket" ${new:+"$new"}
  exit 0
}

supervised() { start_of "$supervisor" && [ "$start" = "$began" ]; }

tell() { # words: a line for the supervisor
  supervised && [ -p "/proc/$supervisor/fd/5" ] || leave
  printf '%s\n' "gpus $1" >"/proc/$supervisor/fd/5"
}

pause() { # seconds
  nap=1
  sleep "$1" &
  wait "$!"
  code=$?
  nap=
  # Not every sleep knows fractions.
  [ "$code" = 0 ] || sleep 1
}

waits() { # jobs ahead or -, why: tells it where that is new
  [ "$1 $2" = "$told" ] || tell "waiting $(printf '%.900s' "$1 $2")"
  told="$1 $2"
}

refuse() { # why
  tell "refused $(printf '%.900s' "$1")"
  leave
}

take() { # items that stayed idle: takes what the job needs of them, for good; false where that is not enough
  choose "$1" || return
  others=
  for item in $1; do
    case " $fit" in *" $item "*) ;; *) others=$others${others:+,}$item ;; esac
  done
  calm=${others:--}
  chosen_ones=$fit
  listed "$chosen_ones"
  claim "$plain" && hold "$chosen_ones"
  calm=-
  return 1
}

trap leave TERM HUP INT
start_of "$supervisor" || exit
began=$start
IFS=' ' read -r wish first more <gpus.wish || exit
memory=0 ids=
case $wish in
any) IFS=' ' read -r count memory queue <<WISH
$first $more
WISH
  ;;
these)
  queue=$first ids=$more
  case $ids in *[!A-Za-z0-9\ /_-]*) refuse 'this host has no such GPU' ;; esac
  set -- $ids
  count=$#
  ;;
esac
case $count:$memory:$queue in [1-9]*:[0-9]*:[01]) ;; *) refuse 'what it needs cannot be read' ;; esac
{ IFS= read -r boot </proc/sys/kernel/random/boot_id; } || boot=0
open_tickets || ticket=

# One before which nobody waits looks three times at once. One that has to wait looks now and then, by then often enough.
quick=3 patience=10 looks=0 seen= seen_before=
while supervised; do
  survey
  if [ "$ahead" -gt 0 ] && [ "$queue$wish" != 0these ]; then
    quick=0 seen= seen_before=
    if [ "$queue" = 0 ]; then
      # Others that came in the same moment are served in this time.
      patience=$((patience - 1))
      [ "$patience" -gt 0 ] || refuse "others wait already: $before"
      pause "$gap"
      continue
    fi
    waits "$ahead" "$before"
    pause "$every"
    continue
  fi
  if [ -z "$seen" ] && [ -n "$shared" ] && [ "$shared" != - ] && [ "$wish" = any ]; then
    # What the job that was served before saw. Another user's word counts less than an own look.
    seen=$(printf '%s ' "$shared" | tr , ' ')
    seen_before=$seen
    looked_before=$looked looked=$latest
    [ -z "$trusted" ] || take "$seen"
    looked=$looked_before
  fi
  if [ "$queue" = 0 ]; then quick=3; fi
  early=$((latest + look + 1 - clock))
  [ "$quick" -gt 0 ] || [ "$early" -le 0 ] || pause "$early"
  look_around
  if [ -n "$trouble" ]; then
    seen= seen_before= quick=0
    case $queue$trouble in 0* | *'no GPU of'*) refuse "$trouble" ;; esac
    waits 0 "$trouble"
    pause "$every"
    continue
  fi
  if [ "$wish" = these ]; then
    exactly
    [ "$queue" = 1 ] || { listed "$exact" && hold "$exact"; }
  else
    possible
  fi
  both "$idle" "$seen"
  both "$common" "$seen_before"
  take "$common"
  describe
  if [ "$queue" = 0 ]; then
    looks=$((looks + 1))
    choose "$idle" && [ "$looks" -lt 4 ] || refuse "$words"
  fi
  seen_before=$seen seen=$idle
  waits 0 "$words"
  if choose "$idle"; then quick=$((quick - 1)); else quick=0; fi
  if [ "$quick" -gt 0 ]; then pause "$gap"; else pause "$every"; fi
done
leave
