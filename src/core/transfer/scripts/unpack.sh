# Receives an archive of small files into the stage, then brings all of the stage to its place.
# Parameters: stage, root. Input: a tar archive of tree/… whose last member is complete.

stage=$1 root=$2
claim "$stage"
rm -f complete
tar -xpof - || {
  # GNU tar does not always say why it could write only a part; this does, on a full disk.
  dd if=/dev/zero of=probe bs=65536 count=4
  exit 34
}
exec </dev/null
[ -f complete ] || exit 35

same_device() { # folder
  # shellcheck disable=SC2046 # two numbers
  set -- $(stat -c %d . "$1/.")
  [ "$1" = "$2" ]
}

# Moves what find finds into a folder by rename. What has to go to another file system is copied next to its place first.
move() { # folder, find's own parameters
  to=$1 into=$1
  shift
  same_device "$to" || { into=$to/${stage##*/} && mkdir -p -m 700 "$into"; } || return
  find "$@" -exec sh -c 'to=$1; shift; exec mv -f -- "$@" "$to/"' sh "$into" {} + || return
  [ "$into" = "$to" ] && return
  find "$into/." ! -name . -prune -exec sh -c 'to=$1; shift; exec mv -f -- "$@" "$to/"' sh "$to" {} + && rmdir "$into"
}

if [ ! -e "$root" ] && [ ! -L "$root" ]; then
  mkdir -p "${root%/*}/" && mv -- tree "$root" || exit 32
else
  find tree -type d >folders || exit 32
  moved=//
  while IFS= read -r folder; do
    case $folder in "$moved"/*) continue ;; esac
    place=$root${folder#tree}
    if [ ! -e "$place" ] && [ ! -L "$place" ]; then
      move "${place%/*}" "$folder" -prune || exit 32
      moved=$folder
    else
      [ -d "$place" ] || exit 36
      move "$place" "$folder/." ! -name . -prune ! -type d || exit 32
    fi
    # A sign of life for the client.
    echo
  done <folders || exit
fi
cd / && rm -rf "$stage"
exit 0
