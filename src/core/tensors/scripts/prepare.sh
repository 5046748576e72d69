# Makes the folder of a run, beside the hook that its Pythons load. Parameters: the hook's hash, the run's id (empty for jobs,
# which have their own folders), "files" where these come. Input then: for each file a line "NAME LINES" and its lines, then "end 0". Answers two lines, the folders of
# hook and run, or "missing" where the hook is not there yet.

hash=$1 id=$2 files=
umask 077
[ "$3" != files ] || files=$(cat)

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

put_hook() { # root: whole, by rename, or not at all
  [ ! -d "$1/hook/$hash" ] || { touch -c "$1/hook/$hash" && return; }
  [ -n "$files" ] || exit 41
  new=$1/hook/.new-$hash-$$
  mkdir -p "$new/_tensorline" && unpack "$new" <<END && { mv "$new" "$1/hook/$hash" || [ -d "$1/hook/$hash" ]; }
$files
END
  put=$?
  # Another one was first: then it lies in the folder of that one, or still beside it.
  [ ! -d "$new" ] && [ ! -d "$1/hook/$hash/${new##*/}" ] || rm -rf "$new" "$1/hook/$hash/${new##*/}"
  return "$put"
}

prepare() { # root
  if [ "$1" = "$spare" ]; then
    mkdir -m 700 "$1" 2>/dev/null
    [ ! -L "$1" ] && [ -O "$1" ] && chmod 700 "$1" || return
  fi
  mkdir -p "$1/hook" "$1/$place/$id" && put_hook "$1"
}

for root in "$main" "$spare" ''; do
  [ -n "$root" ] || exit 43
  # The C locale's words are what the client reads.
  (LC_ALL=C && export LC_ALL && prepare "$root") && break
  [ "$?" != 41 ] || {
    echo missing
    exit 0
  }
  # The hook of a job lies where the job does.
  [ "$kind" != jobs ] || [ ! -d "$root/$place" ] || exit 43
done
printf '%s\n' "$root/hook/$hash" "$root/$place/$id"
exit 0
