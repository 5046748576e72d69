# Starts an operation once. Parameter: id; input: see stage.sh. Answers "running". Everything that was asked for arrives as a
# whole folder, by rename, or not at all.

complete() { # folder
  # The room for the last word is taken beforehand: the disk may be full by then.
  printf '%-120s\n' "1 running - $(date -u +%Y-%m-%dT%H:%M:%SZ) - -" >"$1/state" && cp "$1/state" "$1/state.new"
}

goes() {
  read_state && [ "$state" != running ]
}

if ! enter "$id"; then
  settle
  umask "$mask"
  launch "$PWD" 1
  umask 077
  (cd .. && tidy 30 100) 2>/dev/null
  enter "$id" || {
    printf '%s\n' "$launched" >&2
    exit 44
  }
fi
echo running
exit 0
