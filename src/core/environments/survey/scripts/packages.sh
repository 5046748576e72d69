# All packages of one environment, from the names of their metadata. Parameter: prefix.
# Prints lines: "site", then names in folders of packages; "texts", then FILE:LINE where a name tells too little;
# "meta", then names in conda-meta; "history", then what conda's history says was put in; "end".
LC_ALL=C
export LC_ALL
PATH=$PATH:/usr/bin:/bin
unset CDPATH
nl='
'
echo 'tensorline packages 1'
cd -P -- "$1" 2>/dev/null || { echo missing && exit 0; }
prefix=$PWD
vague=

list_site() { # folder
  cd "$1" 2>/dev/null || return 0
  [ -r . ] || { echo closed && return 0; }
  echo site
  for name in *.dist-info *.egg-info; do
    case $name in
    *"$nl"*) ;;
    *-[0-9]*) printf '%s\n' "$name" ;;
    *)
      for file in "$PWD/$name/METADATA" "$PWD/$name/PKG-INFO" "$PWD/$name"; do
        [ -f "$file" ] && vague=$vague$file$nl && break
      done
      ;;
    esac
  done
}

case $prefix in
/usr | /usr/local)
  for folder in "$prefix"/lib/python3*/*-packages "$prefix"/lib64/python3*/site-packages /usr/local/lib/python3*/*-packages; do
    list_site "$folder"
  done
  ;;
*)
  folder=
  # The newest first: an upgrade leaves the folder of the old version behind.
  for minor in 15 14 13 12 11 10 9 8 7 6; do
    [ -d "lib/python3.$minor/site-packages" ] && folder=lib/python3.$minor/site-packages && break
  done
  [ -n "$folder" ] || for folder in lib/python[23]*/site-packages lib/pypy[23]*/site-packages; do
    [ -d "$folder" ] && break
  done
  list_site "$prefix/$folder"
  ;;
esac
if [ -n "$vague" ]; then
  echo texts
  IFS=$nl
  set -f
  # shellcheck disable=SC2086 # a path a line
  grep -s -H -o -E -m 2 -e '^(Name|Version): .{0,200}' $vague
  set +f
fi
if cd "$prefix/conda-meta" 2>/dev/null; then
  echo meta
  printf '%s\n' *.json
  echo history
  [ -f history ] && [ -r history ] && grep -s -o -E '^[+].{1,250}' history | tail -n 4000
fi
echo end
exit 0
