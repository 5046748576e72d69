# Part of the scripts that make an environment by name: where conda, mamba or micromamba keeps named ones, from
# "envs_dirs" (conda, mamba 1) or "envs directories" (mamba 2, micromamba) of "info --json". What stands before the JSON
# does not matter.

at_home() { # path; sets new_prefix
  case $1 in '~/'*) new_prefix=$HOME/${1#??} ;; *) new_prefix=$1 ;; esac
}

find_folders() { # sets folders: one a line, in the tool's order
  folders=$("$tool" info --json 2>/dev/null </dev/null | LC_ALL=C awk '
    function utf8(code) {
      if (code < 128) return sprintf("%c", code)
      if (code < 2048) return sprintf("%c%c", 192 + int(code / 64), 128 + code % 64)
      if (code < 65536) return sprintf("%c%c%c", 224 + int(code / 4096), 128 + int(code / 64) % 64, 128 + code % 64)
      return sprintf("%c%c%c%c", 240 + int(code / 262144), 128 + int(code / 4096) % 64, 128 + int(code / 64) % 64, 128 + code % 64)
    }
    function hex(digits, at, value) {
      value = 0
      for (at = 1; at <= 4; at++) value = value * 16 + index("0123456789abcdef", tolower(substr(digits, at, 1))) - 1
      return value
    }
    { text = text $0 "\n" }
    END {
      if (!match(text, /"envs_dirs"[ \t\r\n]*:[ \t\r\n]*\[/) && !match(text, /"envs directories"[ \t\r\n]*:[ \t\r\n]*\[/)) exit 1
      rest = substr(text, RSTART + RLENGTH)
      while (match(rest, /^[ \t\r\n,]*"/)) {
        rest = substr(rest, RLENGTH + 1)
        word = ""
        high = 0
        while ((sign = substr(rest, 1, 1)) != "\"") {
          if (sign == "") exit 1
          rest = substr(rest, 2)
          if (sign == "\\") {
            sign = substr(rest, 1, 1)
            rest = substr(rest, 2)
            if (sign == "u") {
              code = hex(rest)
              rest = substr(rest, 5)
              if (code >= 55296 && code < 56320) { high = code; continue }
              if (high) code = 65536 + (high - 55296) * 1024 + code - 56320
              high = 0
              # A path with a line break is nothing to work with.
              sign = code < 32 ? "" : utf8(code)
            }
          }
          word = word sign
        }
        rest = substr(rest, 2)
        if (substr(word, 1, 1) == "/") print word
      }
    }') && [ -n "$folders" ] && return
  echo "$tool does not say where its environments are (\"info --json\")." >&2
  return 1
}

new_by_name() { # name; sets new_prefix: in the first folder that can be written to, as the tool itself chooses
  find_folders || exit
  new_prefix=
  while IFS= read -r candidate; do
    folder=$candidate
    if [ -e "$folder/$1" ] || [ -L "$folder/$1" ]; then refuse 41 "$folder/$1" "it is already there; nothing was changed"; fi
    if [ -z "$new_prefix" ] && mkdir -p -- "$folder" 2>/dev/null && [ -w "$folder" ]; then new_prefix=$folder/$1; fi
  done <<folders
$folders
folders
  [ -n "$new_prefix" ] && return
  echo "$folder/$1: Permission denied" >&2
  exit 1
}
