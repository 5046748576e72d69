by=$1 wanted=$2 tool=$3
if [ "$by" = prefix ]; then
  at_home "$wanted"
  undo_new "$new_prefix"
  exit
fi
[ -x "$tool" ] || exit 0
# Where the name led to, only the tool knows; what bears the token was made by this operation.
find_folders || exit
while IFS= read -r folder; do
  [ -z "$folder" ] || undo_new "$folder/$wanted" || exit
done <<folders
$folders
folders
