# Part of the survey: all of it, in order. The places of managers come first, as they say whose an environment is.

say 'tensorline survey 1'
case $HOME in /*) ;; *) HOME=/nonexistent ;; esac
printf 'fact machine %s\n' "$(uname -m)"
printf 'fact home %s\n' "$HOME"
forget=$1 depth=$2 wanted=$3
shift 3
manager_places
conda_places
system_places
module_places
path_places
search "$depth" "$@"
conda_list
[ -z "$too_many" ] || say "warn many $looked"
cd /
tell_sources "$forget" "$wanted" 2>/dev/null
exit 0
