# Tells what is there. Parameters: path, one name in it or nothing for all, key of a stage or nothing when nothing will
# be written, whether it only looks ("look" or nothing): then the stage stays as it is, and so does who writes to it; and
# "all" for everything below the path. Else the input names folders below it, a line each, "./…": for "names" what is
# right in them, for "below" all that is.
# Lines: "fact NAME VALUE", "list NAME" before each listing, "MODE SIZE SECONDS ./PATH" (mode in hex), then "end".

root=$1 only=$2 key=$3 look=$4 extent=$5
case $root in
'~') root=$HOME ;;
'~/'*) root=$HOME/${root#??} ;;
esac
case $root in
/*) ;;
*) root=$PWD/$root ;;
esac
while :; do
  case $root in
  ?*/) root=${root%/} ;;
  *) break ;;
  esac
done
printf 'fact root %s\n' "$root"
for tool in tar find stat xargs; do
  command -v "$tool" >/dev/null 2>&1 || printf 'fact lacks %s\n' "$tool"
done

nl='
'
tell() { # find's paths and how deep it goes
  find "$@" -name '.tensorline-????????????????' -prune -o -name "*$nl*" -prune \
    -exec sh -c 'for f do printf "newline %s\n" "$(printf %s "$f" | tr "\n" "?")"; done' sh {} + \
    -o -exec stat -c '%f %s %Y %n' {} +
  whole
}
whole() { # what was killed has told a part only
  code=$?
  [ "$code" -lt 128 ] || exit "$code"
}
list() { # name folder [what]
  printf 'list %s\n' "$1"
  [ -d "$2" ] && (
    cd "$2" || exit
    [ -e "$3" ] || [ -L "$3" ] || exit
    tell "$3"
  )
  whole
}
list_folders() { # folder; input: folders below it. Those that are not there are nothing to complain about.
  echo 'list tree'
  cd "$1" 2>/dev/null || return
  limits=
  [ "$extent" = below ] || limits='-mindepth 1 -maxdepth 1'
  set --
  while IFS= read -r folder; do
    [ -d "$folder" ] && [ ! -L "$folder" ] || continue
    set -- "$@" "$folder"
    [ "$#" -ge 100 ] || continue
    # shellcheck disable=SC2086 # words
    tell "$@" $limits
    set --
  done
  # shellcheck disable=SC2086 # words
  [ "$#" = 0 ] || tell "$@" $limits
}

if [ -e "$root" ]; then
  if [ -d "$root" ]; then echo 'fact kind folder'; elif [ -f "$root" ]; then echo 'fact kind file'; else echo 'fact kind other'; fi
  [ -r "$root" ] || echo 'fact closed yes'
else
  echo 'fact kind none'
fi

if [ -n "$key" ]; then
  # The stage stands in the nearest folder that exists, so that a rename brings everything to its place.
  near=$root
  while [ ! -e "$near" ] && [ -n "$near" ]; do near=${near%/*}; done
  [ -d "$near/" ] || exit 33
  near=${near%/}
  stage=$near/.tensorline-$key
  [ -n "$look" ] || find "$near/." ! -name . -prune -type d -user "$(id -u)" -name '.tensorline-????????????????' -mtime +7 -exec rm -rf {} + 2>/dev/null
  printf 'fact stage %s\n' "$stage"
  if own_stage "$stage"; then
    [ -n "$look" ] || end_writer "$stage" 2>/dev/null
    list staged "$stage/tree" .
    list parts "$stage/parts" .
  fi
fi
if [ "$extent" = all ]; then list tree "$root" "./$only"; else list_folders "$root"; fi
echo end
exit 0
