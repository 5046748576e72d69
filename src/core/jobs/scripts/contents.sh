# Tells what a job has made: where its results are, how much room the whole job takes (kilobytes), its results as lines
# "SIZE MTIME ./PATH", an empty line, its script. Parameters: id, how many results at most.

LC_ALL=C
enter "$1" || exit 40
printf '%s\n' "$PWD/out"
set -f
set -- "$2" $(du -sk . 2>/dev/null)
set +f
printf '%s\n' "${2:--}"
break='
'
# A name with a line break cannot be told in a line.
cd out 2>/dev/null &&
  find . -name "*$break*" -prune -o -type f -exec stat -c '%s %Y %n' {} + 2>/dev/null |
  awk 'length($0) < 1000' | head -n "$1"
echo
[ ! -d ../out ] || cd ..
head -c 65536 script
exit 0
