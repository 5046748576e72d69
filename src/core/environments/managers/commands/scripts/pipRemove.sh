# Removes an environment and nothing else of its folder. Parameters: prefix.

# Not one of the folders that others live in, by whatever name.
real=$(cd "$prefix" 2>/dev/null && pwd -P) || refuse 44 "$prefix" "there is no such folder that can be read"
home=$(cd "$HOME" 2>/dev/null && pwd -P)
[ ! -L "$prefix" ] || refuse 42 "$prefix" "it is a link to $real"
case $real/ in / | // | "$home"/) refuse 42 "$prefix" "it is no folder of an environment" ;; esac
case $home/ in "$real"/*) refuse 42 "$prefix" "the home folder lies in it" ;; esac
recover "$prefix"
marks_of "$prefix"
[ -f "$prefix/pyvenv.cfg" ] || [ -L "$made_mark" ] || refuse 44 "$prefix" "it has no pyvenv.cfg"
[ ! -e "$prefix/conda-meta" ] || refuse 42 "$prefix" "it belongs to conda"
lock_environment "$prefix"

store=$prefix/.tensorline-$token
mkdir -p -- "$store/before" || exit 1
for part in $kept; do
  if [ -e "$prefix/$part" ] || [ -L "$prefix/$part" ]; then mv -- "$prefix/$part" "$store/before/" || exit 1; fi
done
# From here on it is gone, whatever interrupts this.
mv -- "$store/before" "$store/gone" || exit 1
finish_removal
