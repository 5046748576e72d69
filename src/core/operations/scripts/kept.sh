# Lists what Tensorline keeps on this host, a line "KIB JOBS KIB PATH" for each folder: all of it, and how many jobs of this
# machine with how much. Parameter: "remove" first removes operations and jobs that have ended, what was read of
# environments, and the hook with the records of its runs; what waits or runs stays.

own() { # root: there, and this user's
  [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ]
}

clean() { # root
  for folder in "$1/hosts/$machine/operations"/*/ "$1/hosts/$machine/jobs"/*/; do
    # Both begin alike.
    { IFS=' ' read -r version state rest <"$folder/state"; } 2>/dev/null && [ "$version" = 1 ] || continue
    case $state in queued | running) ;; *) rm -rf "${folder%/}" ;; esac
  done
  rm -f "$1"/hosts/*/environments-[0-9]*
  rm -rf "$1/hook" "$1/hosts/$machine/runs"
  find "$1" -depth -type d -exec rmdir {} + 2>/dev/null
}

for root in "$main" "$spare"; do
  own "$root" || continue
  [ "$1" != remove ] || clean "$root"
  own "$root" || continue
  size=$(du -sk "$root" 2>/dev/null)
  jobs=
  set -- "$1" "$root/hosts/$machine/jobs"/*/state
  count=$(($# - 1))
  if [ -f "$2" ]; then jobs=$(du -sk "$root/hosts/$machine/jobs" 2>/dev/null); else count=0; fi
  set -- "$1"
  printf '%s %s %s %s\n' "${size%%[!0-9]*}" "$count" "${jobs%%[!0-9]*}" "$root"
done
exit 0
