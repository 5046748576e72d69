{
# Many channels over one pair of streams. From the client come lines; a channel's number stands behind the first word:
#   open N COMMAND   text N TEXT   bytes N COUNT (that many raw bytes follow)   eof N   more N STREAM   kill N
#   forget N   alive
# COMMAND and TEXT are printf %b's. To the client go frames: bytes, RS nonce space NUMBER US, where NUMBER is eight times
# the channel and one of: 0 output, 1 standard error, 2 input was passed on, 3 ended (exit code or KILL), 4 opened,
# 5 refused. Of channel 0: 6 ready ("raw" where bytes are understood) or no folder, 7 alive.
# The variables have names of their own, because what the user has exported is for the programs.
# Each stream of a channel may be four frames ahead of the client's "more" and four again, so none floods the others.
printf '\036tensorline ready\037'
tl_mask=$(umask)
umask 077
exec 5<&0 6>&1 2>/dev/null

lock() {
  IFS= read -r tl_token <&9
}

unlock() {
  echo >&9
}

mark() { # number: ends a frame
  printf '\036%s %s\037' "$tl_nonce" "$1" >&6
}

tell() { # number payload: a frame of text
  lock
  printf %s "$2" >&6
  mark "$1"
  unlock
}

make_folder() { # name: sets $tl_folder, for first-in-first-out files and chunks on their way; nothing is run from it
  for tl_folder in "$XDG_RUNTIME_DIR" /dev/shm "$TMPDIR" /tmp /var/tmp; do
    [ -n "$tl_folder" ] && [ -d "$tl_folder" ] || continue
    tl_folder=$tl_folder/tensorline-$1
    mkdir "$tl_folder" || continue
    mkfifo "$tl_folder/lock" && echo >"$tl_folder/probe" && [ -s "$tl_folder/probe" ] && return
    rm -rf "$tl_folder"
  done
  tl_folder=
}

# The programs lead groups of their own, told in files; all else is in this script's group. Once the folder is renamed,
# no further program starts.
finish() {
  trap '' TERM HUP INT USR1
  trap - EXIT
  mv "$tl_folder" "$tl_folder.end" || [ ! -d "$tl_folder.end" ] || exit
  [ -z "$tl_leader" ] || kill -s TERM 0
  for tl_file in "$tl_folder.end"/*/pid; do
    IFS= read -r tl_pid <"$tl_file" && kill -s KILL -- "-$tl_pid"
  done
  rm -rf "$tl_folder.end" || rm -rf "$tl_folder.end"
  [ -z "$tl_leader" ] || kill -s KILL 0
  exit
}

watch() { # a third of the longest silence, in seconds: sshd does not notice a client that is frozen
  tl_missed=0
  trap 'tl_missed=0' USR1
  while [ "$tl_missed" -lt 3 ]; do
    sleep "$1"
    tl_missed=$((tl_missed + 1))
  done
  finish
}

feed() { # channel: passes the client's input on, to standard output
  exec 3<>"$tl_folder/$1/in"
  # What the program does not want is dropped.
  trap '' PIPE
  tell $(($1 * 8 + 4))
  while IFS= read -r tl_line <&3; do
    case $tl_line in
    text*) printf %b "${tl_line#text}" ;;
    bytes*) dd bs="${tl_line#bytes}" count=1 iflag=fullblock <&3 ;;
    *) exit ;;
    esac
    tell $(($1 * 8 + 2))
  done
}

carry() { # channel stream: passes standard input on, to the client, a chunk for each empty line of the credit
  exec 7<>"$tl_folder/$1/$2"
  printf '\n\n\n\n\n\n\n\n' >&7
  tl_chunk=$tl_folder/$1/chunk.$2
  while IFS= read -r tl_credit <&7 && [ -z "$tl_credit" ]; do
    # What cannot be kept is lost, which must not look like a success.
    dd bs=32768 count=1 >"$tl_chunk" || { stop "$1"; break; }
    [ -s "$tl_chunk" ] || break
    lock
    cat "$tl_chunk" >&6
    mark $(($1 * 8 + $2))
    unlock
  done
}

stop() { # channel: kills the program; one that is about to start finds the mark and does not
  echo >"$tl_folder/$1/kill"
  IFS= read -r tl_pid <"$tl_folder/$1/pid" && kill -s KILL -- "${tl_group}$tl_pid"
}

run() { # channel command
  umask "$tl_mask"
  trap - USR1
  # What was killed before it began finds the mark; what was forgotten finds the mark or nothing at all.
  # shellcheck disable=SC2086
  $tl_session sh -c 'echo "$$" >"$1/pid" && [ ! -e "$1/kill" ] && [ -p "$1/in" ] && exec sh -c "$2"' \
    sh "$tl_folder/$1" "$2" 9>&-
  tl_code=$?
  [ -e "$tl_folder/$1/kill" ] && tl_code=KILL
  echo "$tl_code" >"$tl_folder/$1/code"
  # Its standard input is of no use any more.
  echo 1<>"$tl_folder/$1/in"
}

channel() { # number text
  mkdir "$tl_folder/$1" && mkfifo "$tl_folder/$1/in" "$tl_folder/$1/0" "$tl_folder/$1/1" || {
    tell $(($1 * 8 + 5))
    exit
  }
  tl_command=$(printf '%b.' "$2")
  {
    feed "$1" 8>&- | run "$1" "${tl_command%.}" 2>&8 6>&- 8>&- | carry "$1" 0 8>&-
  } 8>&1 | carry "$1" 1
  IFS= read -r tl_code <"$tl_folder/$1/code"
  # From here on its process id may be another's.
  printf '' >"$tl_folder/$1/pid"
  tell $(($1 * 8 + 3)) "$tl_code"
}

serve() {
  while read -r tl_kind tl_id tl_rest <&5; do
    tl_input=$tl_folder/$tl_id/in
    case $tl_kind in
    open) channel "$tl_id" "$tl_rest" 5<&- & ;;
    text | eof) [ -p "$tl_input" ] && printf '%s%s\n' "$tl_kind" "$tl_rest" 1<>"$tl_input" ;;
    bytes)
      [ -p "$tl_input" ] || tl_input=/dev/null
      printf 'bytes%s\n' "$tl_rest" 1<>"$tl_input"
      dd bs="$tl_rest" count=1 iflag=fullblock <&5 1<>"$tl_input"
      ;;
    more) [ -p "$tl_folder/$tl_id/$tl_rest" ] && printf '\n\n\n\n' 1<>"$tl_folder/$tl_id/$tl_rest" ;;
    kill) stop "$tl_id" ;;
    forget)
      stop "$tl_id"
      for tl_stream in in 0 1; do
        [ -p "$tl_folder/$tl_id/$tl_stream" ] && echo end 1<>"$tl_folder/$tl_id/$tl_stream"
      done
      # Under the old name nothing can be made any more.
      mv "$tl_folder/$tl_id" "$tl_folder/$tl_id.end" && rm -rf "$tl_folder/$tl_id.end"
      ;;
    alive)
      kill -s USR1 "$tl_watcher"
      tell 7
      ;;
    esac
  done
}

IFS= read -r tl_nonce <&5 && IFS= read -r tl_name <&5 && IFS= read -r tl_third <&5 || exit
make_folder "$tl_name"
[ -n "$tl_folder" ] || { printf 'no folder' && mark 6 && exit; }
read -r tl_pid tl_program tl_state tl_parent tl_leader tl_rest </proc/self/stat
[ "$tl_leader" = "$$" ] || tl_leader=
tl_session= tl_group=
command -v setsid >/dev/null && tl_session=setsid tl_group=-
# A shell lets its background programs ignore the interrupt signal; newer env can undo that.
env --default-signal=INT,QUIT true && tl_session="$tl_session env --default-signal=INT,QUIT"
exec 9<>"$tl_folder/lock"
unlock
trap finish TERM HUP INT EXIT
trap '' USR1
watch "$tl_third" 5<&- &
tl_watcher=$!
[ "$(printf abc | dd bs=3 count=1 iflag=fullblock)" = abc ] && tl_raw=raw || tl_raw=
tell 6 "$tl_raw"
serve
finish
exit
}
