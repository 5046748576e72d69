# Part of the survey: what files and folders of environments say. What was read is kept on the host, and read again
# when its key has changed. Kept and printed are lines:
#   MTIME CTIME INODE BYTES PATH   a key: forget what was said about this path
#   /PATH                          what follows is about it
#    TEXT                          a name in it, or a line of it

# The longest repetition that POSIX promises is 255.
settings='^[ 	]*(home|version|version_info|uv|virtualenv|prompt)[ 	]*=.{0,255}'
builds="^(cuda|hip|__version__)( |:|=).{0,120}|'(cuda_version|rocm_version|is_cuda_build|is_rocm_build)'[,:] ?[^,)}]{0,40}"

texts() { # lines of grep
  about=
  for line in $1; do
    case $line in
    */pyvenv.cfg:*) place=${line%%/pyvenv.cfg:*}/pyvenv.cfg text=${line#*/pyvenv.cfg:} ;;
    */conda-meta/history:*) place=${line%%/history:*} text="made ${line#*/history:}" ;;
    */torch/version.py:*) place=${line%%/torch/version.py:*} text="torch ${line#*/torch/version.py:}" ;;
    */build_info.py:*) place=${line%%/tensorflow/*} text="tensorflow ${line#*/build_info.py:}" ;;
    *) continue ;;
    esac
    [ "$place" = "$about" ] || say "$place"
    about=$place
    say " $text"
  done
}

# ls is asked, as it looks at no file for its name alone. No name has a "/", so none looks like the head of a list.
names() { # folders pattern
  # shellcheck disable=SC2086 # a folder a line
  for line in $(ls -1 /dev/null $1 2>/dev/null | grep -E -e '^/.*:$' -e "$2"); do
    case $line in
    /*) say "${line%:}" && count=0 ;;
    *) count=$((count + 1)) && [ "$count" -le 60 ] && say " $line" ;;
    esac
  done
}

# The bytes of an ELF header that tell its machine; each file gives 20.
machines() { # files
  # shellcheck disable=SC2086 # a file a line
  bytes=$(head -q -c 20 $1 2>/dev/null | od -An -v -tx1)
  IFS=" $nl"
  files=$1
  # shellcheck disable=SC2086 # a byte a word
  set -- $bytes
  IFS=$nl
  for file in $files; do
    [ $# -ge 20 ] || break
    [ "$1$2$3$4" = 7f454c46 ] && printf '%s\n machine %s %s%s\n' "$file" "$6" "${19}" "${20}"
    shift 20
  done
}

plain() { # file: no pipe or device, which would have no end
  [ -f "$1" ] && [ -r "$1" ]
}

read_sources() { # keys pattern
  folders='' files='' histories='' programs=''
  for line in $1; do
    place=/${line#*/} size=${line%% /*}
    size=${size##* }
    case $place in
    */pyvenv.cfg) [ "$size" -le 100000 ] && files=$files$place$nl ;;
    */conda-meta)
      folders=$folders$place$nl
      plain "$place/history" && histories=$histories$place/history$nl
      ;;
    *-packages)
      folders=$folders$place$nl
      plain "$place/torch/version.py" && files=$files$place/torch/version.py$nl
      plain "$place/tensorflow/python/platform/build_info.py" && files=$files$place/tensorflow/python/platform/build_info.py$nl
      ;;
    *) [ "$size" -ge 20 ] && programs=$programs$place$nl ;;
    esac
  done
  [ -z "$folders" ] || names "$folders" "$2"
  # shellcheck disable=SC2086 # a path a line
  [ -z "$files" ] || texts "$(grep -s -H -o -E -m 20 -e "$settings" -e "$builds" $files)"
  # shellcheck disable=SC2086
  [ -z "$histories" ] || texts "$(grep -s -H -o -E -m 1 -e '^# cmd: .{0,255}' $histories)"
  [ -z "$programs" ] || machines "$programs"
}

# Sets $store to the file of what was read, where there is a place for it.
find_store() {
  machine=
  { IFS= read -r machine </etc/machine-id; } 2>/dev/null
  case $machine in '' | *[!0-9a-f]*) { IFS= read -r machine </proc/sys/kernel/hostname; } 2>/dev/null ;; esac
  case $machine in '' | .* | *[!A-Za-z0-9._-]*) machine=unknown ;; esac
  store=
  usable "$HOME/.local/state/tensorline" || usable "/var/tmp/tensorline-$(id -u)"
}

usable() { # root
  [ -d "$1/hosts/$machine" ] || mkdir -p "$1/hosts/$machine" 2>/dev/null
  [ -O "$1" ] && [ ! -L "$1" ] && [ -w "$1/hosts/$machine" ] && store=$1/hosts/$machine/environments-1
}

tell_sources() { # fresh pattern
  title='tensorline environments 1'
  set -f
  find_store
  keys=''
  # shellcheck disable=SC2086 # a path a line
  [ -z "$sources" ] || keys=$(stat -L -c '%Y %Z %i %s %n' $sources 2>/dev/null)
  if [ -z "$keys" ] && [ -n "$sources" ]; then
    # No stat that knows formats: everything is read, and nothing kept.
    for place in $sources; do keys="${keys}0 0 0 20 $place$nl"; done
    store=
  fi
  kept='' changed=$keys
  if [ -z "$1" ] && [ -n "$store" ] && [ -r "$store" ]; then
    changed=$(say "$keys" | grep -F -x -v -f "$store")
    kept=$(head -c 500001 "$store")
    case $kept in
    "$title$nl"*"${nl}end") kept=${kept#*"$nl"} && kept=${kept%"$nl"*} ;;
    *) kept='' changed=$keys ;;
    esac
  fi
  news=$(read_sources "$changed" "$2")
  if [ -n "$kept" ] && [ $((${#kept} + ${#changed} + ${#news})) -gt 600000 ]; then
    kept='' changed=$keys
    news=$(read_sources "$changed" "$2")
  fi
  # Without anything that was kept there is nothing to forget.
  if [ -n "$kept" ]; then printf '%s\n' blocks "$kept" "$changed" "$news" end; else printf '%s\n' blocks "$news" end; fi
  [ -n "$changed" ] && [ -n "$store" ] && keep "$title"
}

# What changed within the last seconds may change again without a new time: it gets no key, so it is read again.
keep() { # title
  limit=$(($(date +%s) - 3)) stable=
  for line in $changed; do
    [ "${line%% *}" -lt "$limit" ] && stable=$stable$line$nl
  done
  [ -n "$stable" ] || return 0
  set +f
  for new in "$store".[0-9]*; do [ -e "$new" ] && rm -f "$new"; done
  new=$store.$$
  printf '%s\n' "$1" "$kept" "$stable$news" end 2>/dev/null >"$new" && mv -f "$new" "$store" 2>/dev/null || rm -f "$new"
}
