# Part of every script that makes, changes or removes an environment: who may, and how it becomes again what it was.
# Exit codes: 41 something is there, 42 protected, 43 tool missing, 44 no environment, 45 another operation works on it,
# 46 no such file, 47 what was made does not work, 48 a password did not arrive.

# Only this operation and its undo have this word: what bears it was made by it.
token=${TENSORLINE_OPERATION-}

refuse() { # exit code, path, why: the log's last line, read by code and path
  printf 'tensorline %s: %s: %s\n' "$1" "$2" "$3" >&2
  exit "$1"
}

# A lock is a link whose target names its holder: it comes into being whole or not at all, also on NFS.
machine_id() { cat /etc/machine-id 2>/dev/null || uname -n; }
boot_id() { cat /proc/sys/kernel/random/boot_id 2>/dev/null || echo '?'; }
process_space() { readlink /proc/self/ns/pid || echo '?'; }

process_start() { # process: the 22nd field of proc(5), in clock ticks since boot; "-" where it does not run
  { IFS= read -r stat <"/proc/$1/stat"; } 2>/dev/null || stat=') X'
  # shellcheck disable=SC2086 # fields
  set -- ${stat##*) }
  case $1 in Z | X) echo - ;; *) printf '%s\n' "${20}" ;; esac
}

holder_name() {
  echo "$token $$ $(process_start "$$") $(machine_id) $(boot_id) $(process_space)"
}

is_mine() { # lock
  held=$(readlink "$1") && [ "${held%% *}" = "$token" ]
}

is_dead() { # what a lock names: true only where the holder certainly runs no more
  # shellcheck disable=SC2086 # words
  set -- $1
  [ "$#" = 6 ] && [ "$5" != '?' ] && [ "$4" = "$(machine_id)" ] || return
  [ "$5" = "$(boot_id)" ] || return 0
  [ "$6" = "$(process_space)" ] && [ "$(process_start "$2")" != "$3" ]
}

is_alive() { # what a lock names: true only where the holder certainly runs
  # shellcheck disable=SC2086 # words
  set -- $1
  [ "$4 $5 $6" = "$(machine_id) $(boot_id) $(process_space)" ] && [ "$3" != - ] && [ "$(process_start "$2")" = "$3" ]
}

take_lock() { # lock: false while another operation has it; ends the script where it cannot be written
  ln -s "$(holder_name)" "$1" 2>/dev/null && return
  if held=$(readlink "$1"); then
    is_dead "$held" && steal "$1" "$held"
    return
  fi
  ln -s "$(holder_name)" "$1" || exit 1
}

steal() { # lock, what it names: only one of those who try it gets it
  mv -f -- "$1" "$1.$token" 2>/dev/null || return
  if [ "$(readlink "$1.$token")" = "$2" ]; then
    take_stolen "$1"
  else
    mv -f -- "$1.$token" "$1"
    return 1
  fi
}

take_stolen() { # lock: false where another operation was faster
  if ! ln -s "$(holder_name)" "$1" 2>/dev/null; then
    # A full disk has no room for another link: the old one serves. It names one that is dead, which is safe enough for
    # putting things right and better than not doing so.
    [ ! -L "$1" ] && mv -f -- "$1.$token" "$1" 2>/dev/null
    return
  fi
  rm -f -- "$1.$token"
}

# Whoever finds the lock of one that died may put things right, its own undo or the next operation: one of them does.
retake() { # lock: true when it is this operation's, and from now on this process holds it
  # An undo before this one was cut off while it took the lock.
  if [ ! -L "$1" ] && [ -L "$1.$token" ]; then
    take_stolen "$1"
    return
  fi
  is_mine "$1" && ! is_alive "$held" && steal "$1" "$held"
}

# Making one. While it is being made, beside it stand .tensorline-NAME.claim, its lock, and .tensorline-NAME.made, which
# says that the folder is this operation's own.
marks_of() { # prefix
  claim_mark=${1%/*}/.tensorline-${1##*/}.claim
  made_mark=${1%/*}/.tensorline-${1##*/}.made
}

claim_new() { # prefix: an empty folder of this operation's own; else the script ends with 41 and nothing was touched
  marks_of "$1"
  if [ -e "$1" ] || [ -L "$1" ]; then refuse 41 "$1" "it is already there; nothing was changed"; fi
  mkdir -p -- "${1%/*}/" || exit 1
  take_lock "$claim_mark" || refuse 41 "$1" "another operation is making it; nothing was changed"
  rm -f -- "$made_mark"
  mkdir -- "$1" || {
    rm -f -- "$claim_mark"
    if [ ! -e "$1" ] && [ ! -L "$1" ]; then exit 1; fi
    refuse 41 "$1" "it is already there; nothing was changed"
  }
  ln -s "$token" "$made_mark" || exit 1
}

keep_new() { # prefix: it is whole
  marks_of "$1"
  rm -f -- "$made_mark" "$claim_mark"
}

undo_new() { # prefix
  marks_of "$1"
  retake "$claim_mark" || return 0
  if is_mine "$made_mark"; then
    # Others may have taken away their own right to write.
    rm -rf -- "$1" 2>/dev/null || { chmod -R u+rwX -- "$1" && rm -rf -- "$1"; } || return
    rm -f -- "$made_mark"
  else
    # Cut off between making the folder and marking it: only an empty one can be this operation's.
    rmdir -- "$1" 2>/dev/null
  fi
  rm -f -- "$claim_mark"
}

# Changing one. In PREFIX stand .tensorline-lock and .tensorline-TOKEN, which holds what was there before.
lock_environment() { # prefix; the script ends with 45 while another operation works on it
  marks_of "$1"
  if held=$(readlink "$claim_mark") && ! is_dead "$held"; then refuse 45 "$1" "it is still being made"; fi
  take_lock "$1/.tensorline-lock" || refuse 45 "$1" "another operation works on it; nothing was changed"
  for store in "$1"/.tensorline-*/; do
    [ -d "$store" ] || continue
    echo "An earlier operation on $1 was cut off. What it changed is put back first."
    put_back "$1" "${store%/}" || exit 1
  done
}

unlock_environment() { # prefix
  if is_mine "$1/.tensorline-lock"; then rm -f -- "$1/.tensorline-lock"; fi
}

# Before anything is looked at: where an operation was cut off, what it changed is put back.
recover() { # prefix
  for trace in "$1"/.tensorline-lock "$1"/.tensorline-*/; do
    if [ -L "$trace" ] || [ -d "$trace" ]; then
      lock_environment "$1"
      unlock_environment "$1"
      return
    fi
  done
}

# What installers write to. A hard link keeps the old contents wherever they replace files and do not write into them.
kept='bin lib lib64 include share etc man local pyvenv.cfg .gitignore CACHEDIR.TAG .lock'
copy_limit_kib=524288

keep_before() { # prefix
  store=$1/.tensorline-$token
  mkdir -p -- "$store/parts" "$store/absent" "$store/after" || exit 1
  link=-l
  : >"$store/probe" && ln -- "$store/probe" "$store/probe2" 2>/dev/null || link=
  for part in $kept; do
    if [ ! -e "$1/$part" ] && [ ! -L "$1/$part" ]; then
      : >"$store/absent/$part" || exit 1
      continue
    fi
    if [ -L "$1/$part" ] && [ "$part" != lib64 ]; then
      echo "$1/$part is a link. What is behind it cannot be put back should this be interrupted."
    fi
    if [ -z "$link" ] && [ "$(du -sk "$1/$part" | cut -f 1)" -gt "$copy_limit_kib" ]; then
      echo "$1/$part is large and cannot be hard-linked. It cannot be put back should this be interrupted."
      continue
    fi
    # shellcheck disable=SC2086 # an option or none
    cp -a $link -- "$1/$part" "$store/parts/" || exit 1
  done
  # These are written into where they stand.
  find "$store/parts" -type f \( -name '*.pth' -o -name pyvenv.cfg -o -path '*/parts/bin/*' -size -512 \) -exec sh -c '
    for file; do cp -p -- "$file" "$file.tensorline" && mv -f -- "$file.tensorline" "$file" || exit; done' sh {} + || exit 1
  mv -- "$store/parts" "$store/before" || exit 1
}

drop_before() { # prefix: the change is complete
  store=$1/.tensorline-$token
  if [ -d "$store/before" ]; then mv -- "$store/before" "$store/dropped" || return; fi
  rm -rf -- "$store"
}

# By rename, so that a full disk is no obstacle. It can be cut off anywhere, and done again.
put_back() { # prefix, folder with what was there before
  store=$2
  for part in $kept; do
    [ -d "$store/before" ] || break
    if [ ! -e "$store/absent/$part" ] && [ ! -e "$store/before/$part" ] && [ ! -L "$store/before/$part" ]; then continue; fi
    if [ -e "$1/$part" ] || [ -L "$1/$part" ]; then
      rm -rf -- "$store/after/$part"
      mv -- "$1/$part" "$store/after/$part" || return
    fi
    if [ -e "$store/absent/$part" ]; then
      rm -f -- "$store/absent/$part"
    else
      mv -- "$store/before/$part" "$1/$part" || return
    fi
  done
  rm -rf -- "$store"
}

undo_change() { # prefix
  retake "$1/.tensorline-lock" || return 0
  put_back "$1" "$1/.tensorline-$token" && unlock_environment "$1"
}
