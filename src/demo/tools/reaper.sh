# Ends what the demo fleet started and removes its folder once the fleet is gone, however it went: its end of the pipe closes.
# Reads "+ID" for each process group that starts and "-ID" for each one that ended.
trap '' HUP INT TERM
groups=' '
while read -r line; do
  id=${line#?}
  case $line in
    +*) groups="$groups$id " ;;
    -*) groups="${groups%%" $id "*} ${groups#*" $id "}" ;;
  esac
done
for group in $groups; do kill -9 -- "-$group" 2>/dev/null; done
rm -rf -- "$1"
