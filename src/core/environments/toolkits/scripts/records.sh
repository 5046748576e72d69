# Part of the toolkit survey: its environment, records and commands with a time limit.
# A record is RS type, then GS and a field, any number of times, then US. What stands between records is nothing of ours.
LC_ALL=C
export LC_ALL
unset CDPATH
# A host with a root of its own has the tools that its PATH names.
[ -n "${HOST_ROOT-}" ] || PATH=$PATH:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/nvidia/bin:/usr/lib/wsl/lib
export PATH
nl='
'
tab=$(printf '\t')
rs=$(printf '\036') us=$(printf '\037') gs=$(printf '\035')
mark=tensorline-end-$$
# With a session of its own a command can be stopped with all that it started.
session=
command -v setsid >/dev/null 2>&1 && session=setsid

emit() { # type field...: what holds our own marks loses them
  printf '%s' "$rs$1"
  shift
  for field; do
    case $field in *"$rs"* | *"$us"* | *"$gs"*) field=$(printf '%s' "$field" | tr -d '\035-\037') ;; esac
    printf "$gs%.200000s" "$field"
  done
  printf '%s' "$us"
}

first_line() { # file: sets $value; false where there is nothing to read
  value=
  { IFS= read -r value <"$1"; } 2>/dev/null || [ -n "$value" ]
}

# The output of a command, then a line with the mark and its exit code, or `late`. Returns at once: nothing ever waits for
# a command that cannot be killed, or for what it leaves running.
limited() { # seconds argv...
  seconds=$1
  shift
  {
    $session "$@" </dev/null 2>&1 &
    tool=$!
    {
      # A process that has only just begun may let TERM go by.
      trap 'kill -s KILL "$!"; exit' TERM
      sleep "$seconds" &
      wait "$!"
      printf '\n%s late\n\n' "$mark"
      kill -s KILL -- "-$tool" || kill -s KILL "$tool"
    } 2>/dev/null &
    guard=$!
    wait "$tool"
    code=$?
    kill "$guard"
    [ -n "$session" ] && kill -s KILL -- "-$tool"
    # BusyBox sed looks at a line only when it has the next one.
    printf '\n%s %s\n\n' "$mark" "$code"
  } 2>/dev/null &
}

capture() { # seconds argv...: sets $text and $code, which is `cut` where the output is longer than anything sensible
  text=$(limited "$@" | sed "/^$mark /q" | head -c 400000)
  code=cut
  case $text in *"$nl$mark "*) code=${text##*"$mark "} ;; esac
  text=${text%"$nl$mark "*}
}
