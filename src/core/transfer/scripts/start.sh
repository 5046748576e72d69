# Stands before every script of a transfer: reads the parameters into $1, $2, …

printf '\036tensorline ready\037'
LC_ALL=C
export LC_ALL
set --
IFS= read -r count || exit
while [ "$count" -gt 0 ]; do
  IFS= read -r word || exit
  set -- "$@" "$word"
  count=$((count - 1))
done
