# Gives an environment its interpreter back. Parameters: prefix, kind, tool, wanted Python, whether it may be made anew with
# the same packages (anew) where only another version of Python is left, index, extra index, offline folder.

kind=$1 tool=$2 wanted=$3 anew=$4
take_sources '' "$5" "$6" "$7"
option=--no-deps
recover "$prefix"
[ -f "$prefix/pyvenv.cfg" ] || refuse 44 "$prefix" "it has no pyvenv.cfg"
[ "$kind" = venv ] || [ -x "$tool" ] || refuse 43 "$tool" "it was not found"
had=
for packages in "$prefix"/lib/python*/site-packages/; do
  packages=${packages%/}
  minor=${packages#"$prefix/lib/python"}
  if [ -d "$packages" ]; then had=${minor%%/*}; fi
done
[ -n "$had" ] || refuse 44 "$prefix" "it has no packages to keep"

base=$([ "$kind" = venv ] && echo "$tool")
if [ -z "$wanted" ] && (find_python "$had" "$base") 2>/dev/null; then wanted=$had; fi
find_python "$wanted" "$base"
case $version in "$had".*) anew= ;; *) [ -n "$anew" ] || refuse 43 "python$had" "it was not found" ;; esac

lock_environment "$prefix"
keep_before "$prefix"
open_scratch
if [ -z "$anew" ]; then
  # Links that are there are left as they are by all three.
  for link in "$prefix"/bin/python "$prefix"/bin/python3 "$prefix/bin/python$had"; do rm -f -- "$link"; done
  case $kind in
    venv) run "$python" -I -m venv --upgrade "$prefix" ;;
    virtualenv) run "$tool" --no-seed --python "$python" "$prefix" ;;
    uv) run "$tool" venv --no-project --allow-existing --python "$python" "$prefix" ;;
  esac || exit
  interpreter=$prefix/bin/python
  python_version "$interpreter" >/dev/null || refuse 47 "$prefix" "its Python does not run"
else
  "$python" -I -c "$list_packages" "$packages" >"$scratch/requirements.txt" || exit
  cat "$scratch/requirements.txt"
  rm -rf -- "$prefix/bin" "$prefix/lib" "$prefix/lib64" "$prefix/include" "$prefix/pyvenv.cfg"
  make_empty "$python" || exit
  if [ -s "$scratch/requirements.txt" ]; then
    file=$scratch/requirements.txt
    install_all || exit
  fi
fi
cd / && drop_scratch
drop_before "$prefix"
unlock_environment "$prefix"
exit 0
