# Part of the probe: its environment, records, pauses and commands with a time limit.
# A record is RS nonce type payload US in one write of at most 4096 bytes. Lists in a payload end each item with GS.
# Roots follow HOST_PROC, HOST_SYS and HOST_ETC, as inside containers. Hot paths use builtins only.
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
