token=$1 by=$2 wanted=$3 tool=$4
if [ "$by" = prefix ]; then
  undo_new "$wanted"
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
