# Tells what changes about this machine's jobs, for as long as the client is there. Parameter: a third of the time in seconds
# after which a client that says nothing is gone. Input: a line now and then. Says
#   job, then its four lines       a job that is new, or not as it was
#   gone ID                        one that was removed
#   whole                          after the first round: that is all there is
#   log ID START BYTES, then so many bytes   the newest of a log that grew
#   besides BYTES, then so many bytes        jobs that the back ends know besides, four lines each; a line `tickets`; GPU tickets
# While nothing changes a round starts nothing but sleep, and with running jobs one program that tells of all their files
# whether they are other ones or longer; shells read byte by byte, so nothing is read before it changed.
# What lives on over calls of `tell` has names of its own here, as that is of many parts.

newline='
'
blank=$IFS

# Some can cut anywhere; the others only at whole blocks.
cuts=
dd if=/dev/null iflag=skip_bytes,count_bytes,fullblock count=0 2>/dev/null && cuts=1

list_folders() { # sets $now: the folder of every job, one a line
  set --
  for root in "$main" "$spare"; do
    usable "$root" && set -- "$@" "$root/$place"/*
  done
  IFS=$newline
  now="$*"
  IFS=$blank
}

# Both lists have the same order, so what stands in front is known, or gone, or what comes next is new.
tell_folders() {
  unseen=$before${before:+$newline}
  IFS=$newline
  set -f
  set -- $now
  set +f
  IFS=$blank
  for folder; do
    while [ "${unseen%%"$newline"*}" != "$folder" ]; do
      first=${unseen%%"$newline"*}
      if [ -z "$first" ] || [ -d "$first" ]; then
        begin "$folder"
        continue 2
      fi
      tell_gone
    done
    unseen=${unseen#*"$newline"}
  done
  while [ -n "$unseen" ]; do tell_gone; done
}

tell_gone() {
  first=${unseen%%"$newline"*}
  printf 'gone %s\n' "${first##*/}"
  unseen=${unseen#*"$newline"}
}

# Sets $phase to queued or running, else to nothing.
see() { # folder
  phase= version=
  { IFS=' ' read -r version phase line <"$1/state"; } 2>/dev/null
  case "$version $phase" in '1 queued' | '1 running') ;; *) phase= ;; esac
}

tell_job() { # folder; stands in it afterwards
  printf 'job\n'
  detail=
  cd "$1" && tell "${1##*/}" || printf '\n\n\n\n'
}

begin() { # folder: one that is new here; those that have not ended get a slot
  case ${1##*/} in *[!A-Za-z0-9-]*) return ;; esac
  see "$1"
  if [ -z "$phase" ]; then
    [ -z "$version" ] || tell_job "$1"
    return
  fi
  slot=1
  while eval "[ -n \"\$folder_$slot\" ]"; do slot=$((slot + 1)); done
  [ "$slot" -le "$slots" ] || slots=$slot
  eval "folder_$slot=\$1 state_$slot= waiting_$slot= who_$slot= size_$slot=-1"
  untold="$untold $slot" stale=1
}

look_at() { # slot: tells its job, unless whoever launches it is still at it; $over are the slots of those that ended
  eval "job=\$folder_$1"
  [ -n "$job" ] || return 0
  if ! begun "$job"; then
    [ ! -d "$job" ] || untold="$untold $1"
    return 0
  fi
  tell_job "$job"
  latest
  who=$(readlink "$job/holder.$turn")
  eval "who_$1=\$who"
  see "$job"
  [ -n "$phase" ] || over="$over $1"
}

# Supervisors that die change no file.
look_for_supervisors() {
  slot=0
  while [ "$slot" -lt "$slots" ]; do
    slot=$((slot + 1))
    eval "job=\$folder_$slot who=\$who_$slot"
    [ -z "$job" ] || [ -z "$who" ] || runs "$who" || untold="$untold $slot"
  done
}

# Sets $files to what can change of those that have not ended, one a line.
list_files() {
  files= stale= slot=0
  while [ "$slot" -lt "$slots" ]; do
    slot=$((slot + 1))
    eval "job=\$folder_$slot"
    [ -z "$job" ] || files=$files$job/state$newline$job/waiting$newline$job/log$newline
  done
}

# Sets $untold to the slots of which a file is another one, $grown to those with a longer log, as SLOT:LENGTH.
find_changes() {
  old_facts=$facts facts= grown=
  [ -n "$files" ] || return 0
  IFS=$newline
  set -f
  set -- $files
  facts=$(stat -c '%i %Y %s %n' "$@" 2>/dev/null)
  set -- $facts
  set +f
  IFS=$blank
  [ "$facts" != "$old_facts" ] || return 0
  slot=0 job=
  for line; do
    path=/${line#* /}
    while [ "$job" != "${path%/*}" ] && [ "$slot" -lt "$slots" ]; do
      slot=$((slot + 1))
      eval "job=\$folder_$slot"
    done
    numbers=${line%% /*}
    name=${path##*/}
    case $name in
    log) grown="$grown $slot:${numbers##* }" ;;
    *)
      eval "was=\$${name}_$slot ${name}_$slot=\$numbers"
      [ "$was" = "$numbers" ] || untold="$untold $slot"
      ;;
    esac
  done
}

tell_log() { # slot, size: what is new, 4 KiB at most
  eval "job=\$folder_$1 from=\$size_$1 size_$1=\$2"
  [ "$2" -gt "$from" ] || return 0
  [ "$from" -ge $(($2 - 4096)) ] || from=$(($2 - 4096))
  [ "$from" -ge 0 ] || from=0
  [ -n "$cuts" ] || from=$((from / 512 * 512))
  length=$(($2 - from))
  [ "$length" -gt 0 ] || return 0
  printf 'log %s %s %s\n' "${job##*/}" "$from" "$length"
  if [ -n "$cuts" ]; then
    dd if="$job/log" bs=4096 iflag=skip_bytes,count_bytes,fullblock skip="$from" count="$length" 2>/dev/null
  else
    dd if="$job/log" bs=512 skip=$((from / 512)) count=$(((length + 511) / 512)) 2>/dev/null | head -c "$length"
  fi
}

# What a back end asked its scheduler counts for so many rounds.
ask_anew() {
  for backend in $backends; do
    if command -v "${backend}_forget" >/dev/null; then "${backend}_forget"; fi
  done
}

tell_besides() {
  besides=$(
    for backend in $backends; do
      if command -v "${backend}_list" >/dev/null; then "${backend}_list"; fi
    done
    echo tickets
    list_tickets
  )
  [ "$besides" != "$old_besides" ] || return 0
  old_besides=$besides
  printf 'besides %s\n%s' "${#besides}" "$besides"
}

watch_jobs() {
  before= facts= old_besides= beats=0 slots=0 files= stale= untold= over=
  while :; do
    list_folders
    if [ $((beats % 30)) = 0 ]; then
      ask_anew
      look_for_supervisors
    fi
    [ "$now" = "$before" ] || tell_folders
    before=$now
    [ -z "$stale" ] || list_files
    find_changes
    changed=$untold untold= over= told=
    for slot in $changed; do
      case $told in *" $slot "*) continue ;; esac
      told="$told $slot "
      look_at "$slot"
    done
    for slot in $grown; do tell_log "${slot%:*}" "${slot#*:}"; done
    for slot in $over; do eval "folder_$slot= stale=1"; done
    [ "$beats" != 0 ] || printf 'whole\n'
    [ $((beats % 30)) != 0 ] || tell_besides
    beats=$((beats + 1))
    cd /
    sleep 1
  done
}

attend "$1" watch_jobs
