# Makes an environment: an empty one first, which nobody else can make at the same time, then packages into it. "create"
# of the tool is never asked to: it removes what is there.
# $1 token, $2 "name" or "prefix", $3 which, $4 tool, $5 "empty" or, for a clone, "folder"; then the steps.
token=$1 by=$2 wanted=$3 tool=$4 start=$5
shift 5
tool_there "$tool"
if [ "$by" = name ]; then new_by_name "$wanted"; else new_prefix=$wanted; fi
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
