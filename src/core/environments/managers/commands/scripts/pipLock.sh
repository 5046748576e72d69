# Prints a lock (PEP 751) of what an environment has. Parameters: pip or uv, tool, interpreter.

cd / || exit
if [ "$1" = uv ]; then
  frozen=$("$2" pip freeze --python "$3") || exit
  printf '%s\n' "$frozen" | "$2" pip compile --quiet --no-deps --python "$3" --format pylock.toml -
else
  frozen=$("$3" -Im pip freeze) || exit
  printf '%s\n' "$frozen" | "$3" -Im pip lock --quiet --no-deps --requirement /dev/stdin --output -
fi
