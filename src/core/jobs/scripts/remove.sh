# Removes jobs that have ended. Parameters: their ids. Nothing goes where one of them has not.

for id in "$@"; do
  enter "$id" || { printf '%s\n' "$id" && exit 40; }
  read_state && has_ended || { printf '%s\n' "$id" && exit 45; }
done
for id in "$@"; do
  # Standing in a folder that goes would trouble some shells.
  enter "$id" && cd .. || continue
  new=.new-$id-$$
  mv "$id" "$new" && rm -rf "$new" || exit 46
  # The last one leaves nothing of ours behind.
  for folder in "$root/$place" "$root/hosts/$machine" "$root/hosts" "$root"; do rmdir "$folder" 2>/dev/null || break; done
done
exit 0
