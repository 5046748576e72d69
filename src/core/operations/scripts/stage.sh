# Makes the folder of an operation or a job: whole, by rename, or not at all. Parameter: id. Needs two functions, `complete FOLDER`
# that adds what it needs beside its parts, and `goes` that tells of the folder that one stands in whether it has ended.
# Input: a line "secrets LINES" and so many lines "NAME VALUE", then for each part a line "NAME LINES" and its lines, then
# "end 0". Secrets become variables and are never written.

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
  unpack "$1" <<END && : >"$1/log" && complete "$1" && return
$parts
END
  # Not every shell says why it could not write; the tools do.
  printf '%s\n' "$parts" | cat >"$1/parts" && cp "$1/parts" "$1/more"
  return 1
}

stage() { # root: makes the folder there
  if [ "$1" = "$spare" ]; then
    mkdir -m 700 "$1" 2>/dev/null
    [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" || return
  fi
  [ -d "$1/$place" ] || mkdir -p "$1/$place" || return
  cd "$1/$place" || return
  [ ! -d "$id" ] || return 0
  new=.new-$id-$$
  mkdir "$new" || return
  fill "$new" && { mv "$new" "$id" || [ -d "$id" ]; }
  filled=$?
  # Another one was first: then it lies in the folder of that one, or still beside it.
  [ ! -d "$new" ] && [ ! -d "$id/$new" ] || rm -rf "$new" "$id/$new"
  return "$filled"
}

settle() { # makes the folder in the first place that takes it, and goes there
  for root in "$main" "$spare" ''; do
    [ -n "$root" ] || exit 43
    # The C locale's words are what the client reads.
    (LC_ALL=C && export LC_ALL && stage "$root") && cd "$root/$place/$id" && break
    failed=$?
    # What another place would not help has a code of its own.
    [ "$failed" -lt 40 ] || exit "$failed"
  done
}

tidy() { # days, number, in the folder of all: those that ended so long ago go, but for so many of the newest; so do halves
  old=" $(find . -name state -type f -mtime "+$1" | tr '\n' ' ')"
  [ "$old" = ' ' ] || ls -t | tail -n "+$(($2 + 1))" | while IFS= read -r name; do
    case $old in *" ./$name/state "*) ;; *) continue ;; esac
    (cd "$name" && goes) && rm -rf "./$name"
  done
  find . ! -name . -prune -name '.new-*' -mtime +1 -exec rm -rf {} +
}
