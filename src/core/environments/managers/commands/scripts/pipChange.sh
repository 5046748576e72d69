# Installs or uninstalls packages. Parameters: prefix, kind (pip, uv), tool, interpreter, install or uninstall, option,
# file, index, extra index, offline folder, packages.

kind=$1 tool=$2 interpreter=$3 change=$4 option=$5
take_sources "$6" "$7" "$8" "$9"
shift 9
[ "$kind" = pip ] || [ -x "$tool" ] || refuse 43 "$tool" "it was not found"
recover "$prefix"
python_version "$interpreter" >/dev/null || refuse 44 "$prefix" "its Python does not run"
[ "$kind" = uv ] || has_pip "$interpreter" || refuse 43 pip "$prefix has no pip"
lock_environment "$prefix"
keep_before "$prefix"
open_scratch
case $change in
  install) install_all "$@" ;;
  uninstall)
    if [ "$kind" = uv ]; then installer uninstall -- "$@"; else installer uninstall --yes -- "$@"; fi
    ;;
esac || exit
cd / && drop_scratch
drop_before "$prefix"
unlock_environment "$prefix"
exit 0
