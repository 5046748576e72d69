# Where the code of one folder of a client is kept on this host, or would be; see place.sh. Parameters: its name; "make"
# makes the folder that it stands in. Answers: the path, and the user's id.

home_of() { # sets $root: where it is, else where it can be made
  for root in "$main" "$spare"; do
    [ -d "$root/work/$1" ] && own "$root" && return
  done
  near=$main
  while [ ! -e "$near" ] && [ -n "$near" ]; do near=${near%/*}; done
  root=$spare
  [ ! -w "$near/" ] || root=$main
}

own() { # root: only this user can have put things into it
  [ "$1" = "$main" ] || { [ ! -L "$1" ] && [ -O "$1" ]; }
}

make() {
  umask 077
  if [ "$root" = "$spare" ]; then
    mkdir -m 700 "$root" 2>/dev/null
    own "$root" && chmod 700 "$root" || return
  fi
  mkdir -p "$root/work"
}

home_of "$1"
[ "$2" != make ] || (LC_ALL=C && export LC_ALL && make) || exit 43
printf '%s\n%s\n' "$root/work/$1" "$(id -u)"
exit 0
