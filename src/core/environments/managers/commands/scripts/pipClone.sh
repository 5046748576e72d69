# Makes an environment with the same Python and the same versions of everything. Parameters: prefix, kind, tool,
# interpreter to copy from, index, extra index, offline folder.

kind=$1 tool=$2 from=$3
take_sources '' "$4" "$5" "$6"
option=--no-deps
[ "$kind" = venv ] || [ -x "$tool" ] || refuse 43 "$tool" "it was not found"
python_version "$from" >/dev/null || refuse 44 "$from" "it does not run"
claim_new "$prefix"
open_scratch
interpreter=$from
# pip comes with the environment where that has one.
installer freeze >"$scratch/all.txt" || { cat "$scratch/all.txt" && exit 1; }
grep -v '^pip==' "$scratch/all.txt" >"$scratch/requirements.txt"
cat "$scratch/requirements.txt"
make_empty "$from" || exit
if [ -s "$scratch/requirements.txt" ]; then
  file=$scratch/requirements.txt
  install_all || exit
fi
cd / && drop_scratch
keep_new "$prefix"
exit 0
