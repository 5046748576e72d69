# Lists what Tensorline keeps on this host, a line "KIB JOBS KIB PATH" for each folder: all of it, and how many jobs of this
# machine with how much; then a line "tree KIB PATH" for each work tree in it that no job uses. Parameters: "remove" first
# removes operations and jobs that have ended, what was read of environments, and the hook with the records of its runs,
# what waits or runs stays; "trees PATH…" first removes these work trees, unless a job uses them.

mode=$1
[ "$#" = 0 ] || shift

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
  # Empty folders of work trees are theirs.
  find "$1" -depth -type d ! -path "$1/work/*" -exec rmdir {} + 2>/dev/null
}

# No job waits or runs with it, on whichever machine shares this home, and none is being handed over: what a snapshot links
# lies in the work tree. Its name has a hash in it, and belongs to no other one.
idle() { # work tree
  for job in "$main"/hosts/*/jobs/*/ "$main"/hosts/*/jobs/.new-*/ "$spare"/hosts/*/jobs/*/ "$spare"/hosts/*/jobs/.new-*/; do
    version= state= line=
    { IFS=' ' read -r version state rest <"$job/state"; } 2>/dev/null
    case $state in '' | queued | running) ;; *) continue ;; esac
    { IFS= read -r line <"$job/snapshot"; } 2>/dev/null
    [ "${line##*/}" != "${1##*/}" ] || return 1
    ! grep -qF -e "/work/${1##*/}" "$job/script" 2>/dev/null || return 1
  done
}

list_trees() { # root
  for tree in "$1"/work/*; do
    own "$tree" && idle "$tree" || continue
    size=$(du -sk "$tree" 2>/dev/null)
    printf 'tree %s %s\n' "${size%%[!0-9]*}" "$tree"
  done
}

remove_tree() { # path
  for tree in "$main"/work/* "$spare"/work/*; do
    [ "$tree" = "$1" ] && own "${tree%/work/*}" && own "$tree" && idle "$tree" && rm -rf "$tree"
  done
}

if [ "$mode" = trees ]; then
  for path; do remove_tree "$path"; done
fi
for root in "$main" "$spare"; do
  own "$root" || continue
  [ "$mode" != remove ] || clean "$root"
  own "$root" || continue
  size=$(du -sk "$root" 2>/dev/null)
  jobs=
  set -- "$root/hosts/$machine/jobs"/*/state
  count=$#
  if [ -f "$1" ]; then jobs=$(du -sk "$root/hosts/$machine/jobs" 2>/dev/null); else count=0; fi
  printf '%s %s %s %s\n' "${size%%[!0-9]*}" "$count" "${jobs%%[!0-9]*}" "$root"
  list_trees "$root"
done
exit 0
