# Removes an environment. The tools' own commands delete file by file; here it is moved aside first, so there is no moment
# with half of it.
# $1 prefix, $2 tool, $3 file or folder in it that proves what it is, $4 a command of the tool's for afterwards or nothing;
# then names that lead to it.
prefix=$1 tool=$2 proof=$3 afterwards=$4
shift 4
if [ -L "$prefix" ] || [ ! -d "$prefix" ]; then refuse 44 "$prefix" "there is no environment"; fi
if [ ! -e "$prefix/$proof" ] && [ ! -L "$prefix/bin/python" ] && [ ! -x "$prefix/bin/python" ]; then
  refuse 44 "$prefix" "it is not an environment; nothing was changed"
fi
case $prefix in / | /*/.. | /*/../* | */. | "$HOME") refuse 42 "$prefix" "it is not only an environment" ;; esac
case $HOME/ in "$prefix"/*) refuse 42 "$prefix" "your home is in it" ;; esac
case $tool in "$prefix"/*) refuse 42 "$prefix" "$tool itself is in it" ;; esac
for other in "$prefix/envs"/*/bin "$prefix/pkgs" "$prefix/.git" "$prefix/conda-meta/frozen"; do
  if [ -e "$other" ]; then refuse 42 "$prefix" "it holds ${other#"$prefix"/}"; fi
done
lock_whole "$prefix"
mkdir -- "$draft" && mv -- "$prefix" "$draft/whole" && mv -- "$draft/whole" "$draft/gone" || exit 1
for link; do
  if [ -L "$link" ] && [ "$(readlink "$link")" = "$prefix" ]; then rm -f -- "$link"; fi
done
remove_all "$draft" || exit 1
[ -z "$afterwards" ] || "$tool" "$afterwards" </dev/null
