# Part of the survey: all of it, in order. The places of managers come first, as they say whose an environment is.

say 'tensorline survey 1'
case $HOME in /*) ;; *) HOME=/nonexistent ;; esac
printf 'fact machine %s\n' "$(uname -m)"
printf 'fact home %s\n' "$HOME"
forget=$1 depth=$2 patterns=$3
shift 3
names=
while [ "$patterns" -gt 0 ]; do
  names=$names$1$nl
  shift
  patterns=$((patterns - 1))
done
manager_places
conda_places
system_places
module_places
path_places
search "$depth" "$@"
conda_list
[ "$looked" -le "$most" ] || say "warn many $most"
set --
set -f
for name in $names; do set -- "$@" -o -name "$name"; done
cd /
tell_sources "$forget" "$@" 2>/dev/null
exit 0
