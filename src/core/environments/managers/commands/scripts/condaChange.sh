# Changes an environment by its manager's own commands, or leaves it as it was.
# $1 prefix, $2 folder to work in, $3 tool, $4 number of project files that change with it; these; the steps.
prefix=$1 folder=$2 tool=$3 files=$4
shift 4
tool_there "$tool"
[ -d "$prefix" ] || refuse 44 "$prefix" "there is no environment any more"
if [ -e "$prefix/conda-meta/frozen" ]; then refuse 42 "$prefix" "it is marked as frozen"; fi
prefix=$(cd -- "$prefix" && pwd -P) || exit 1
lock_whole "$prefix"
keep_whole "$prefix" "$files" "$@"
shift "$files"
cd -- "$folder" || exit 1
new_prefix=
run_steps "$@"
cd /
drop_whole "$prefix"
