# Stands first. Parameters: 1 to forget what was kept or nothing, depth, how many patterns, names of packages that
# matter as find's patterns, then the folders to search.
#
# Prints facts only, a record a line, and what they mean is for the client to say:
#   fact NAME VALUE    tool NAME PATH    root PATH    envs PATH    file PATH    warn REASON DETAIL
#   env PREFIX, and below it what is known of it: via WHY, python STATE PATH, target PATH, lib PATH, cfg, meta,
#     site PATH, project PATH, module NAME, unreadable
#   blocks, and below it texts and names from files, see sources.sh; then "end".
# Hot paths use builtins only: a process costs more than everything that is read of an environment.
LC_ALL=C TZ=UTC0
export LC_ALL TZ
PATH=$PATH:/usr/local/bin:/usr/bin:/bin
export PATH
umask 077
unset CDPATH
nl='
'
IFS=$nl
most=800 looked=0 newlines=0
seen=$nl sources='' gone=// roots=$nl

say() { printf '%s\n' "$1"; }

newline() { # path
  newlines=$((newlines + 1))
  [ "$newlines" -gt 20 ] || printf 'warn newline %s\n' "$(printf %s "$1" | tr '\n' '?')"
}

expand() { # path as a person writes it: sets $full
  full=$1
  case $full in
  '~') full=$HOME ;;
  '~/'*) full=$HOME/${full#??} ;;
  '$HOME'*) full=$HOME${full#?????} ;;
  /*) ;;
  *) full=$HOME/$full ;;
  esac
}

enter() { # via folder: goes there; true for an environment that may be told about, once
  case $2 in *"$nl"*) newline "$2" && return 1 ;; esac
  case $2 in "$gone"/*) return 1 ;; esac
  if cd -P -- "$2" 2>/dev/null; then
    real=$PWD
    case $real in *"$nl"*) newline "$real" && return 1 ;; esac
    case $seen in *"$nl$real$nl"*) return 1 ;; esac
    seen=$seen$real$nl
    return 0
  fi
  # What is gone is nothing to talk about; what is hidden by somebody's folder is.
  up=$2
  if [ ! -e "$up" ]; then
    while [ -n "$up" ] && [ ! -e "$up" ]; do child=$up up=${up%/*}; done
    [ -d "$up" ] && [ ! -x "$up" ] || { gone=$child && return 1; }
  fi
  [ -d "$up" ] || return 1
  case $seen in *"$nl$2$nl"*) return 1 ;; esac
  seen=$seen$2$nl
  room && printf 'env %s\nvia %s\nunreadable\n' "$2" "$1"
  return 1
}

room() {
  looked=$((looked + 1))
  [ "$looked" -le "$most" ]
}

site() { # folder of packages
  say "site $1"
  sources=$sources$1$nl
}

look() { # via folder: tells about the environment in it
  enter "$1" "$2" || return 0
  python='' state='' lib='' cfg='' meta='' closed=''
  if [ -e bin/python ]; then
    python=bin/python
  elif [ -e bin/python3 ]; then
    python=bin/python3
  elif [ -L bin/python ] || [ -L bin/python3 ]; then
    python=bin/python state=dangling
    [ -L bin/python3 ] && python=bin/python3
  fi
  [ -e pyvenv.cfg ] && cfg=1
  [ -d conda-meta ] && meta=1
  [ -n "$python$cfg$meta" ] || return 0
  room || return 0
  # The newest first: an upgrade leaves the folder of the old version behind. Names are tried as lib may be huge.
  for minor in 15 14 13 12 11 10 9 8 7 6; do
    [ -d "lib/python3.$minor/site-packages" ] && lib=lib/python3.$minor && break
  done
  [ -n "$lib" ] || for name in lib/python[23]* lib/pypy[23]*; do
    [ -d "$name/site-packages" ] && lib=$name && break
  done
  printf 'env %s\nvia %s\n' "$real" "$1"
  if [ -n "$python" ]; then
    [ -n "$state" ] || { [ -x "$python" ] && state=works || state=notExecutable; }
    printf 'python %s %s\n' "$state" "$real/$python"
    if [ "$state" = dangling ]; then
      target=$(readlink "$python")
      printf 'target %.1000s\n' "${target%%"$nl"*}"
    fi
    [ "$state" = works ] && [ -r "$python" ] && sources=$sources$real/$python$nl
  fi
  [ -n "$lib" ] && say "lib $lib"
  if [ -n "$cfg" ]; then
    say cfg
    [ -r pyvenv.cfg ] && sources=$sources$real/pyvenv.cfg$nl || closed=1
  fi
  if [ -n "$meta" ]; then
    say meta
    [ -r conda-meta ] && sources=$sources$real/conda-meta$nl || closed=1
  fi
  if [ -n "$lib" ]; then
    [ -r "$lib/site-packages" ] && site "$real/$lib/site-packages" || closed=1
  fi
  case $1 in
  workon)
    line=
    { IFS= read -r line <.project; } 2>/dev/null
    [ -n "$line" ] && printf 'project %.2000s\n' "$line"
    ;;
  esac
  [ -z "$closed" ] || say unreadable
}
