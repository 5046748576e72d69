# Part of the scripts that write. A stage is a hidden folder (mode 0700) that holds what has arrived:
#   owner     the process group of the script that writes; that script keeps the file open as 9
#   tree/     what is complete
#   parts/    big files that are not
#   complete  the archive of small files came to its end

# Only one script writes to a stage. The one before may still wait for a client that is gone: it is ended, once the
# open file has proved that it really is that one.
end_writer() { # stage
  writer=
  { IFS= read -r writer <"$1/owner"; } 2>/dev/null
  case $writer in '' | *[!0-9]*) return ;; esac
  turns=0
  while [ "$writer" != "$$" ] && [ "$(readlink "/proc/$writer/fd/9")" = "$1/owner" ] && [ "$turns" -lt 500 ]; do
    kill -s KILL -- "-$writer" 2>/dev/null
    turns=$((turns + 1))
  done
}

own_stage() { # stage: true for a real folder of this user
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]
}

claim() { # stage: this script is the writer now
  own_stage "$1" || mkdir -m 700 "$1" || exit 32
  own_stage "$1" && cd "$1" && mkdir -p tree parts || exit 31
  end_writer "$1" 2>/dev/null
  echo "$$" >owner || exit 32
  exec 9>>owner
}
