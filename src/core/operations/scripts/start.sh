# Starts an operation once. Parameter: id. Input: a line "secrets LINES" and so many lines "NAME VALUE", then for each part
# a line "NAME LINES" and its lines, then "end 0". Answers "running". Secrets become variables and are never written. Everything that was asked for arrives as a whole folder, by rename, or not at all.

id=$1
mask=$(umask)
umask 077
command -v setsid >/dev/null 2>&1 || exit 41
IFS=' ' read -r word lines
TENSORLINE_SECRETS=
while [ "$lines" -gt 0 ]; do
  IFS= read -r line || exit 42
  export "${line%% *}=${line#* }"
  TENSORLINE_SECRETS="$TENSORLINE_SECRETS ${line%% *}"
  lines=$((lines - 1))
done
export TENSORLINE_SECRETS
parts=$(cat)
case $parts in *"
end 0") ;; *) exit 42 ;; esac

unpack() { # folder
  while IFS=' ' read -r name lines; do
    [ "$name" != end ] || return 0
    while [ "$lines" -gt 0 ]; do
      IFS= read -r line || return
      printf '%s\n' "$line" || return
      lines=$((lines - 1))
    done >"$1/$name" || return
  done
  return 1
}

fill() { # folder
  # Not every shell says why it could not write; the tools do.
  printf '%s\n' "$parts" | cat >"$1/parts" || return
  unpack "$1" <"$1/parts" && : >"$1/log" || {
    cp "$1/parts" "$1/more"
    return 1
  }
  rm "$1/parts"
  # The room for the last word is taken beforehand: the disk may be full by then.
  printf '%-120s\n' "1 running - $(date -u +%Y-%m-%dT%H:%M:%SZ) - -" >"$1/state" && cp "$1/state" "$1/state.new"
}

stage() { # root: makes the operation's folder there
  if [ "$1" = "$spare" ]; then
    mkdir -m 700 "$1" 2>/dev/null
    [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" || return
  fi
  mkdir -p "$1/$place" && cd "$1/$place" || return
  [ ! -d "$id" ] || return 0
  new=.new-$id-$$
  mkdir "$new" || return
  if fill "$new" && { mv "$new" "$id" || [ -d "$id" ]; }; then
    # Another one was first: then it lies in the folder of that one, or still beside it.
    rm -rf "$new" "$id/$new"
    return 0
  fi
  rm -rf "$new"
  return 1
}

tidy() { # in the folder of operations: those that ended a month ago go, but for the newest hundred; so do halves
  old=" $(find . -name state -type f -mtime +30 | tr '\n' ' ')"
  [ "$old" = ' ' ] || ls -t | tail -n +101 | while IFS= read -r name; do
    case $old in *" ./$name/state "*) ;; *) continue ;; esac
    (cd "$name" && read_state && [ "$state" != running ]) && rm -rf "./$name"
  done
  find . ! -name . -prune -name '.new-*' -mtime +1 -exec rm -rf {} +
}

if ! enter "$id"; then
  for root in "$main" "$spare" ''; do
    [ -n "$root" ] || exit 43
    # The C locale's words are what the client reads.
    (LC_ALL=C && export LC_ALL && stage "$root") && cd "$root/$place" && break
  done
  umask "$mask"
  launch "$PWD/$id" 1
  umask 077
  tidy 2>/dev/null
  enter "$id" || {
    printf '%s\n' "$launched" >&2
    exit 44
  }
fi
echo running
exit 0
