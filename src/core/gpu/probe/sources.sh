# Part of the probe: the ways of reading that a vendor can ask for.

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
# SKIP is left alone, so that a sleeping device stays asleep. MS 0: each beat. Where there is no such folder, it looks
# for one every ten seconds at most: each look may cost a process.
source_files() {
  id=$1 ms=$2 base=$3 guard=$4 skip=$5
  shift 5
  [ "$ms" -gt 0 ] || ms=$beat
  IFS=
  while :; do
    chunk= wait_ms=$ms
    [ "$wait_ms" -ge 10000 ] || wait_ms=10000
    for folder in $sys/$base; do
      [ -d "$folder" ] || continue
      wait_ms=$ms
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
    pause "$wait_ms"
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
# @loop@ make the tool loop; the client may have put further words ($extra) before them. Where all files of pattern GUARD say suspended, it waits.
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
    @loop@) looping=1 && set -- "$@" $extra ;;
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
