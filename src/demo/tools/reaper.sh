# Ends what the demo fleet started and removes its folders once the fleet is gone, however it went: its end of the pipe closes.
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
# What left its group (setsid, nohup in a terminal) still carries the fleet's folder in its environment, where /proc tells.
for environment in /proc/[0-9]*/environ; do
  grep -qF "HOST_PROC=$1/" "$environment" 2>/dev/null || continue
  id=${environment%/environ}
  kill -9 "${id#/proc/}" 2>/dev/null
done
rm -rf -- "$@"
