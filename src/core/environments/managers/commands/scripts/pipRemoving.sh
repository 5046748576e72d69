# Part of pipRemove.sh and its undo.

finish_removal() {
  rm -rf -- "$store" 2>/dev/null || { chmod -R u+rwX -- "$store" && rm -rf -- "$store"; } || exit 1
  unlock_environment "$prefix"
  marks_of "$prefix"
  rm -f -- "$made_mark" "$claim_mark"
  rmdir -- "$prefix" 2>/dev/null && exit 0
  echo "$prefix stays, with what did not belong to the environment:"
  ls -A -- "$prefix"
  exit 0
}
