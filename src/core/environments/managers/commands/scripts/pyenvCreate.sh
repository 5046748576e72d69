# Builds a Python, or makes a virtual environment of one that is built.
# $1 version or the beginning of one, $2 name of the virtual environment or nothing, $3 tool.
version=$1 name=$2 tool=$3
tool_there "$tool"
pyenv_prefix || exit
claim_new "$prefix"
if [ -n "$name" ]; then
  if [ -e "$link" ] || [ -L "$link" ]; then refuse 41 "$link" "it is already there; nothing was changed"; fi
  run_steps 4 "$tool" virtualenv "$version" "$name"
else
  mkdir -- "$build" || exit
  export TMPDIR="$build"
  run_steps 4 "$tool" install --verbose "$version"
  rm -rf -- "$build"
fi
"$prefix/bin/python" -c "" || refuse 47 "$prefix" "its Python does not start"
keep_new "$prefix"
