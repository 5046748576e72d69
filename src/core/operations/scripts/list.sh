# Tells how every operation of this machine stands, in two lines each.

for root in "$main" "$spare"; do
  usable "$root" || continue
  for folder in "$root/$place"/*; do
    id=${folder##*/}
    case $id in *[!A-Za-z0-9-]*) continue ;; esac
    [ -L "$folder/holder.1" ] && cd "$folder" && tell "$id"
  done
done
exit 0
