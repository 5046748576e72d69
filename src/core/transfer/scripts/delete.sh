# Removes files and folders. Parameter: root. Input: paths, a line each, "./…"; then an empty line; then folders, the
# deepest first, which go only when they are empty.

cd "$1" || exit 31
{
  while IFS= read -r path && [ -n "$path" ]; do printf '%s\n' "$path"; done | tr '\n' '\0' | xargs -0 rm -f -- ./.tensorline-none || exit 32
  tr '\n' '\0' | xargs -0 rmdir -- ./.tensorline-none 2>/dev/null
}
exit 0
