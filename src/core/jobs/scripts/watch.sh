# Tells what changes about this machine's jobs, for as long as the client is there. Parameter: a third of the time in seconds
# after which a client that says nothing is gone. Input: a line now and then. Says
#   job, then its four lines       a job that is new, or not as it was
#   gone ID                        one that was removed
#   whole                          after the first round: that is all there is
#   log ID START BYTES, then so many bytes   the newest of a log that grew
#   others BYTES, then so many bytes         jobs that the back ends know besides, four lines each
# While nothing changes a round starts nothing but sleep, and with running jobs one program that tells the length of all logs.
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

# What is to be seen of a job without starting a program; sets $seen and $phase.
see() { # folder
  seen= phase= waits=
  { IFS= read -r seen <"$1/state"; } 2>/dev/null
  case $seen in
  '1 queued '*)
    phase=queued
    { IFS= read -r waits <"$1/waiting"; } 2>/dev/null
    seen="$seen $waits"
    ;;
  '1 running '*) phase=running ;;
  esac
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
    [ -z "$seen" ] || tell_job "$1"
    return
  fi
  slot=1
  while eval "[ -n \"\$folder_$slot\" ]"; do slot=$((slot + 1)); done
  [ "$slot" -le "$slots" ] || slots=$slot
  eval "folder_$slot=\$1 seen_$slot= who_$slot= size_$slot=-1"
}

# Sets $logs to those of the jobs that run or just ended, one a line, and $over to the slots of the latter.
look_at_jobs() {
  logs= over= slot=0
  while [ "$slot" -lt "$slots" ]; do
    slot=$((slot + 1))
    eval "job=\$folder_$slot was=\$seen_$slot who=\$who_$slot"
    [ -n "$job" ] || continue
    see "$job"
    # Whoever launches it is still at it where it has no supervisor yet.
    if [ -L "$job/holder.1" ] && { [ "$seen" != "$was" ] || { [ $((beats % 30)) = 0 ] && ! runs "$who"; }; }; then
      tell_job "$job"
      latest
      who=$(readlink "$job/holder.$turn")
      see "$job"
      eval "seen_$slot=\$seen who_$slot=\$who"
    fi
    [ "$phase" = queued ] || logs=$logs$job/log$newline
    [ -n "$phase" ] || over="$over $slot"
  done
}

tell_log() { # slot, folder, size: what is new, 4 KiB at most
  eval "from=\$size_$1 size_$1=\$3"
  [ "$from" -ge $(($3 - 4096)) ] || from=$(($3 - 4096))
  [ "$from" -ge 0 ] || from=0
  [ -n "$cuts" ] || from=$((from / 512 * 512))
  length=$(($3 - from))
  [ "$length" -gt 0 ] || return 0
  printf 'log %s %s %s\n' "${2##*/}" "$from" "$length"
  if [ -n "$cuts" ]; then
    dd if="$2/log" bs=4096 iflag=skip_bytes,count_bytes,fullblock skip="$from" count="$length" 2>/dev/null
  else
    dd if="$2/log" bs=512 skip=$((from / 512)) count=$(((length + 511) / 512)) 2>/dev/null | head -c "$length"
  fi
}

tell_logs() {
  old_sizes=$sizes sizes=
  [ -n "$logs" ] || return 0
  IFS=$newline
  set -f
  set -- $logs
  sizes=$(stat -c '%s %n' "$@" 2>/dev/null)
  set -- $sizes
  set +f
  IFS=$blank
  [ "$sizes" != "$old_sizes" ] || return 0
  slot=0
  for line; do
    job=
    while [ "$job/log" != "${line#* }" ] && [ "$slot" -lt "$slots" ]; do
      slot=$((slot + 1))
      eval "job=\$folder_$slot"
    done
    tell_log "$slot" "$job" "${line%% *}"
  done
}

tell_others() {
  others=$(
    for backend in $backends; do
      if command -v "${backend}_list" >/dev/null; then "${backend}_list"; fi
    done
  )
  [ "$others" != "$old_others" ] || return 0
  old_others=$others
  printf 'others %s\n%s' "${#others}" "$others"
}

watch_jobs() {
  before= sizes= old_others= beats=0 slots=0
  while :; do
    list_folders
    [ "$now" = "$before" ] || tell_folders
    before=$now
    look_at_jobs
    tell_logs
    for slot in $over; do eval "folder_$slot="; done
    [ "$beats" != 0 ] || printf 'whole\n'
    [ $((beats % 30)) != 0 ] || tell_others
    beats=$((beats + 1))
    cd /
    sleep 1
  done
}

attend "$1" watch_jobs
