# Part of the scripts that run a manager's own commands on an environment. While it is changed, .tensorline-NAME.kept stands
# beside it: the environment as it was, in hard links, so it costs folders and no contents. Installers of these managers
# replace files and do not write into them; the few that they do write into are copied.

export MAMBA_NO_BANNER=1
# Its shell hook sets this in interactive shells only; without it another root, with a cache of its own, would be used.
if [ -z "$MAMBA_ROOT_PREFIX" ] && [ -d "$HOME/micromamba/envs" ]; then
  MAMBA_ROOT_PREFIX=$HOME/micromamba
  export MAMBA_ROOT_PREFIX
fi

run_steps() { # COUNT WORD… COUNT WORD…; every step gets the new environment's prefix, where one is made
  while [ $# -gt 0 ]; do
    run_step "$@" </dev/null || {
      code=$?
      # The codes of these scripts mean something else.
      [ "$code" -lt 41 ] || [ "$code" -gt 47 ] || code=1
      exit "$code"
    }
    shift $(($1 + 1))
  done
}

run_step() { # COUNT WORD… and the steps after it
  words=$1
  shift
  after=$(($# - words))
  while [ "$words" -gt 0 ]; do
    set -- "$@" "$1"
    shift
    words=$((words - 1))
  done
  shift "$after"
  if [ -n "$new_prefix" ]; then set -- "$@" --prefix "$new_prefix"; fi
  "$@"
}

tool_there() { # tool
  [ -x "$1" ] || refuse 43 "$1" "it is not there any more"
}

stores_of() { # prefix; kept is in force as soon as it has that name, draft is this operation's own and nobody else's concern
  store=${1%/*}/.tensorline-${1##*/}.kept
  draft=$store.$token
}

lock_whole() { # prefix
  lock_environment "$1"
  stores_of "$1"
  [ -d "$store" ] || return 0
  # Some managers make the folder anew, and the lock in it is gone then.
  take_lock "$store/holder" || refuse 45 "$1" "another operation works on it; nothing was changed"
  echo "An earlier operation on $1 was cut off. What it changed is put back first."
  restore "$1" || exit 1
  take_lock "$1/.tensorline-lock" || is_mine "$1/.tensorline-lock" || refuse 45 "$1" "another operation works on it"
}

keep_whole() { # prefix, number of files, files of its project that change with it
  stores_of "$1"
  mkdir -- "$draft" && ln -s "$(holder_name)" "$draft/holder" || exit 1
  cp -a -l -- "$1" "$draft/prefix" 2>/dev/null || {
    echo "The environment cannot be hard-linked; it is copied first."
    rm -rf -- "$draft/prefix"
    cp -a -- "$1" "$draft/prefix" || exit 1
  }
  rm -f -- "$draft/prefix/.tensorline-lock"
  for file in "$draft"/prefix/conda-meta/history "$draft"/prefix/conda-meta/state "$draft"/prefix/pyvenv.cfg \
    "$draft"/prefix/lib/python*/site-packages/*.pth; do
    [ -f "$file" ] && [ ! -L "$file" ] || continue
    cp -p -- "$file" "$file.tensorline" && mv -f -- "$file.tensorline" "$file" || exit 1
  done
  left=$2
  shift 2
  while [ "$left" -gt 0 ]; do
    printf '%s\n' "$1" >"$draft/$left.path" || exit 1
    if [ -e "$1" ]; then cp -p -- "$1" "$draft/$left.file" || exit 1; else : >"$draft/$left.absent" || exit 1; fi
    shift
    left=$((left - 1))
  done
  mv -- "$draft" "$store" || exit 1
}

drop_whole() { # prefix: the change is complete
  stores_of "$1"
  mv -- "$store" "$draft" || exit 1
  rm -rf -- "$draft"
  unlock_environment "$1"
}

# By rename, so that a full disk is no obstacle. It can be cut off anywhere, and done again.
restore() { # prefix, whose kept is there and held by this operation
  stores_of "$1"
  if [ -d "$store/prefix" ]; then
    if [ -e "$1" ] || [ -L "$1" ]; then
      [ ! -e "$store/after" ] && mv -- "$1" "$store/after" || return
    fi
    mv -- "$store/prefix" "$1" || return
  fi
  for path in "$store"/*.path; do
    [ -f "$path" ] || continue
    IFS= read -r file <"$path" || return
    if [ -e "${path%.path}.file" ]; then
      mv -f -- "${path%.path}.file" "$file" || return
    elif [ -e "${path%.path}.absent" ]; then
      rm -f -- "$file" || return
    fi
  done
  mv -- "$store" "$draft" && remove_all "$draft"
}

remove_all() { # path; others may have taken away their own right to write
  rm -rf -- "$1" 2>/dev/null || { chmod -R u+rwX -- "$1" && rm -rf -- "$1"; }
}
