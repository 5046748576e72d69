# Lists what Tensorline keeps on this host, a line "KIB PATH" for each folder. Parameter: "remove" first removes the logs of
# operations that have ended and what was read of environments; what runs stays.

own() { # root: there, and this user's
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]
}

clean() { # root
  for folder in "$1/$place"/*/; do
    (cd "$folder" && read_state && [ "$state" != running ]) 2>/dev/null && rm -rf "${folder%/}"
  done
  rm -f "$1"/hosts/*/environments-[0-9]*
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
}

for root in "$main" "$spare"; do
  own "$root" || continue
  [ "$1" != remove ] || clean "$root"
  own "$root" || continue
  size=$(du -sk "$root" 2>/dev/null)
  printf '%s %s\n' "${size%%[!0-9]*}" "$root"
done
exit 0
