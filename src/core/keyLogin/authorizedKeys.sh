# One key in the user's file of keys. Argument: look, install, remove or modes. Standard input: the key's line.
# Answers lines: a word (present, absent, installed, removed, loose, fine, failed), a path, a detail.
LC_ALL=C
export LC_ALL
umask 077
IFS= read -r line
blob=${line#* }
blob=${blob%% *}

answer() {
  printf '%s\n' "$@"
  exit 0
}
fail() { # path, what the shell said: `sh: line: what: why`
  answer failed "$1" "${2##*: }"
}

home=$(cd 2>/dev/null && pwd) || fail "$HOME" "there is no home folder"
folder=$home/.ssh
# The one system whose sshd (dropbear) reads root's keys elsewhere.
[ "$(id -u)" = 0 ] && [ -f /etc/openwrt_release ] && [ -d /etc/dropbear ] && folder=/etc/dropbear
file=$folder/authorized_keys

has_key() {
  [ -n "$blob" ] && [ -f "$file" ] && grep -v '^[[:space:]]*#' "$file" 2>/dev/null | grep -q -F -e "$blob"
}

relabel() {
  command -v restorecon >/dev/null 2>&1 && restorecon -F "$folder" "$file" >/dev/null 2>&1
}

case $1 in
look)
  has_key && answer present "$file"
  answer absent "$file"
  ;;
install)
  has_key && answer present "$file"
  [ -d "$folder" ] || error=$(mkdir "$folder" 2>&1) || fail "$folder" "$error"
  start=
  [ -s "$file" ] && [ -n "$(tail -c 1 "$file" 2>/dev/null)" ] && start='
'
  error=$( { printf '%s%s\n' "$start" "$line" >>"$file"; } 2>&1) || fail "$file" "$error"
  relabel
  has_key || fail "$file" "it does not hold what was written"
  answer installed "$file"
  ;;
remove)
  grep -q -x -F -e "$line" "$file" 2>/dev/null || answer absent "$file"
  new=$file.tensorline-$$
  error=$( {
    cp -p "$file" "$new" || exit
    grep -v -x -F -e "$line" "$file" >"$new"
    [ $? -le 1 ] || exit 1
    # A link stays a link; a file is replaced whole.
    if [ -L "$file" ]; then cat "$new" >"$file"; else mv -f "$new" "$file"; fi
  } 2>&1) || {
    rm -f "$new"
    fail "$file" "$error"
  }
  rm -f "$new"
  relabel
  answer removed "$file"
  ;;
modes)
  me=$(id -u)
  for path in "$home" "$folder" "$file"; do
    set -f
    set -- $(ls -ldn "$path" 2>/dev/null)
    case $1 in
    ?????w* | ????????w*) answer loose "$path" "$1" ;;
    esac
    [ "${3:-0}" = 0 ] || [ "$3" = "$me" ] || answer loose "$path" "$1"
  done
  answer fine "$file"
  ;;
esac
exit 2
