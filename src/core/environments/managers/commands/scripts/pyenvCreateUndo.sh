version=$1 name=$2 tool=$3
[ -x "$tool" ] || exit 0
# A version that pyenv does not know was refused before anything was made.
pyenv_prefix 2>/dev/null || exit 0
remove_all "$build" || exit 1
marks_of "$prefix"
if [ -n "$name" ] && is_mine "$made_mark" && [ "$(readlink "$link")" = "$prefix" ]; then rm -f -- "$link"; fi
undo_new "$prefix"
