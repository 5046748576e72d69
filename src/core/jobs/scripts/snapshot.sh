# Part of what submits a job: keeps the code of a work tree as it is now, by hard links where the file system has them.
# A sync replaces files by rename, so what is linked here stays as it is; and the files become read-only, so that a
# program which opens one for writing fails instead of changing the work tree and other jobs. Root may write all the same.

# Makes the folder TO wholly or not at all; the complaint, in the words of the C locale, is on standard error.
# Input: paths below FROM, a line each, that become links to what is in FROM: data, results.
make_snapshot() ( # from to
  LC_ALL=C
  export LC_ALL
  set +f
  nl='
'
  from=$1 to=$2 linked=$nl$(cat)$nl
  cd "$from/." || exit 1
  # Links cannot be made to another file system, on some network file systems, and beyond a number; then there is room or
  # there is none for copies.
  for way in -al -a; do
    mkdir "$to" || exit 1
    if [ "$way" = -al ]; then copy_level '' 2>/dev/null; else copy_level ''; fi && protect && exit 0
    rm -rf "$to"
  done
  exit 1
)

# Copies what is in the current folder, one of $from: name by name where a path below it is linked, else at a stroke.
copy_level() { # path of the folder with a slash at its end; nothing for the top
  if [ "$linked" = "$nl$nl" ]; then
    cp "$way" . "$to/"
    return
  fi
  level=$1 count=0
  set --
  for name in * .[!.]* ..?*; do
    [ -e "$name" ] || [ -L "$name" ] || continue
    path=$level$name
    case $linked in
    *"$nl$path$nl"*) ln -s "$from/$path" "$to/$path" || return ;;
    *"$nl$path/"*)
      if [ -d "$name" ] && [ ! -L "$name" ]; then
        (cd "./$name" && mkdir "$to/$path" && copy_level "$path/") || return
        continue
      fi
      set -- "$@" "./$name"
      ;;
    *) set -- "$@" "./$name" ;;
    esac
    count=$((count + 1))
    [ "$((count % 200))" = 0 ] && [ "$#" != 0 ] || continue
    cp "$way" "$@" "$to/$level" || return
    set --
  done
  [ "$#" = 0 ] || cp "$way" "$@" "$to/$level"
}

protect() {
  # What an interrupted sync has left is no code.
  rm -rf "$to"/.tensorline-????????????????
  find "$to" -type f \( -perm -200 -o -perm -020 -o -perm -002 \) -exec chmod a-w {} +
}
