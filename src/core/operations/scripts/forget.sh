# Removes an operation that has ended. Parameter: id. Standing in a folder that goes would trouble some shells.

enter "$1" || exit 40
read_state && [ "$state" != running ] || exit 45
cd ..
new=.new-$1-$$
mv "$1" "$new" && rm -rf "$new" || exit 46
exit 0
