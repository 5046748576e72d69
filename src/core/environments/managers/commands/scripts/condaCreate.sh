# Makes an environment: an empty one first, which nobody else can make at the same time, then packages into it. "create"
# of the tool is never asked to: it removes what is there.
# $1 "name" or "prefix", $2 which, $3 tool, $4 "empty" or, for a clone, "folder"; then the steps.
by=$1 wanted=$2 tool=$3 start=$4
shift 4
tool_there "$tool"
if [ "$by" = name ]; then new_by_name "$wanted"; else at_home "$wanted"; fi
claim_new "$new_prefix"
if [ "$start" = empty ]; then
  mkdir -- "$new_prefix/conda-meta" && : >"$new_prefix/conda-meta/history" || exit 1
fi
echo "The environment is made in $new_prefix."
run_steps "$@"
if [ -e "$new_prefix/bin/python" ] || [ -L "$new_prefix/bin/python" ]; then
  "$new_prefix/bin/python" -c "" || refuse 47 "$new_prefix" "its Python does not start"
fi
keep_new "$new_prefix"
