# Stands first. Parameters: 1 to forget what was kept or nothing, depth, a pattern of grep -E for names of metadata that
# matter, then the folders to search.
#
# Prints facts only, a record a line, and what they mean is for the client to say:
#   fact NAME VALUE    tool NAME PATH    envs PATH    file PATH    warn REASON DETAIL
#   env PREFIX, and below it what is known of it: via WHY, python STATE PATH, target PATH, lib PATH, cfg, meta,
#     base, site PATH, project PATH, module NAME, unreadable
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
spent=0 looked=0 too_many='' newlines=0
seen=$nl sources='' gone=// roots=$nl root_names=''

say() { printf '%s\n' "$1"; }

newline() { # path
  newlines=$((newlines + 1))
  [ "$newlines" -gt 20 ] || printf 'warn newline %.500s\n' "$(printf %s "$1" | tr '\n' '?')"
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

visit() { # folder: goes there; sets $shown to its name as people know it, and $real to the one without links
  cd -- "$1" 2>/dev/null || return
  shown=$PWD
  cd -P . && real=$PWD
}

enter() { # via folder: goes there; true for an environment that may be told about, once
  case $2 in *"$nl"*) newline "$2" && return 1 ;; esac
  case $2 in "$gone"/*) return 1 ;; esac
  if visit "$2"; then
    case $real in *"$nl"*) newline "$real" && return 1 ;; esac
    case $seen in *"$nl$real$nl"*) return 1 ;; esac
    seen=$seen$real$nl
    # A link among conda's environments is a name; elsewhere it is one more way to the same.
    [ "$1" != conda ] && [ -L "$shown" ] && shown=$real
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
  room "$2" && printf 'env %s\nvia %s\nunreadable\n' "$2" "$1"
  return 1
}

# An answer may have 1 MiB. An environment takes some ten times its path, and about as much as that for what is in it.
room() { # path
  spent=$((spent + 700 + 11 * ${#1}))
  [ "$spent" -le 850000 ] || { too_many=1 && return 1; }
  looked=$((looked + 1))
}

site() { # folder of packages
  say "site $1"
  sources=$sources$1$nl
}

follow() { # link: sets $target to where it ends, by way of some others
  target=$1 hops=0
  while [ -L "$target" ] && [ "$hops" -lt 5 ]; do
    hops=$((hops + 1)) next=$(readlink "$target")
    case $next in /*) target=$next ;; *) target=${target%/*}/$next ;; esac
  done
}

look() { # via folder: tells about the environment in it
  enter "$1" "$2" || return 0
  python='' state='' lib='' cfg='' meta='' closed=''
  if [ -e bin/python ]; then
    python=bin/python
  elif [ -e bin/python3 ]; then
    python=bin/python3
  elif [ -L bin/python ] || [ -L bin/python3 ]; then
    state=dangling
    if [ -L bin/python ]; then python=bin/python; else python=bin/python3; fi
  fi
  [ -f pyvenv.cfg ] && cfg=1
  [ -d conda-meta ] && meta=1
  [ -n "$python$cfg$meta" ] || return 0
  room "$shown" || return 0
  # The newest first: an upgrade leaves the folder of the old version behind. Names are tried as lib may be huge.
  for minor in 15 14 13 12 11 10 9 8 7 6; do
    [ -d "lib/python3.$minor/site-packages" ] && lib=lib/python3.$minor && break
  done
  [ -n "$lib" ] || for name in lib/python[23]* lib/pypy[23]*; do
    [ -d "$name/site-packages" ] && lib=$name && break
  done
  printf 'env %s\nvia %s\n' "$shown" "$1"
  if [ -n "$python" ]; then
    [ -n "$state" ] || { [ -f "$python" ] && [ -x "$python" ] && state=works || state=notExecutable; }
    printf 'python %s %s\n' "$state" "$shown/$python"
    if [ "$state" = dangling ]; then
      follow "$python"
      printf 'target %.1000s\n' "${target%%"$nl"*}"
    fi
    [ "$state" = works ] && [ -f "$python" ] && [ -r "$python" ] && sources=$sources$shown/$python$nl
  fi
  [ -n "$lib" ] && say "lib $lib"
  if [ -n "$cfg" ]; then
    say cfg
    [ -r pyvenv.cfg ] && sources=$sources$shown/pyvenv.cfg$nl || closed=1
  fi
  if [ -n "$meta" ]; then
    say meta
    if [ -d condabin ]; then
      say base
    else
      case $roots in *"$nl$real$nl"*) say base ;; esac
    fi
    [ -r conda-meta ] && sources=$sources$shown/conda-meta$nl || closed=1
  fi
  if [ -n "$lib" ]; then
    [ -r "$lib/site-packages" ] && site "$shown/$lib/site-packages" || closed=1
  fi
  case $1 in
  workon)
    line=
    [ -f .project ] && { IFS= read -r line <.project; } 2>/dev/null
    [ -n "$line" ] && printf 'project %.2000s\n' "$line"
    ;;
  esac
  [ -z "$closed" ] || say unreadable
}
