# Removes an operation that has ended. Parameter: id. Standing in a folder that goes would trouble some shells.

enter "$1" || exit 40
read_state && [ "$state" != running ] || exit 45
cd ..
new=.new-$1-$$
mv "$1" "$new" && rm -rf "$new" || exit 46
# The last one leaves nothing of ours behind.
for folder in "$root/$place" "$root/hosts/$machine" "$root/hosts" "$root"; do rmdir "$folder" 2>/dev/null || break; done
exit 0
