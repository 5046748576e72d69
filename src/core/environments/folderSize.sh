{
  printf '\036tensorline ready\037'
  IFS= read -r count && IFS= read -r folder || exit 1
  LC_ALL=C exec du -skx -- "$folder" 2>/dev/null
  exit
}
