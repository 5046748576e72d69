# Makes an environment. Parameters: prefix, kind (venv, virtualenv, uv), tool, Python, file, index, extra index,
# offline folder, packages.

kind=$1 tool=$2 wanted=$3
take_sources "$4" "$5" "$6" "$7"
shift 7
option=
[ -x "$tool" ] || refuse 43 "$tool" "it was not found"
if [ "$kind" = uv ]; then
  python=$wanted
else
  find_python "$wanted" "$([ "$kind" = venv ] && echo "$tool")"
fi
claim_new "$prefix"
open_scratch
make_empty "$python" && install_all "$@" || exit
drop_scratch
keep_new "$prefix"
exit 0
