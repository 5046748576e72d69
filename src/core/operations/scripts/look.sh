# Tells how one operation stands, in two lines, and how long its log is. Parameters: id, nothing or "cancel".

enter "$1" || exit 40
# Its supervisor reads this when it can still matter. A process of another name is never written to.
if [ "$2" = cancel ] && read_state && [ "$state" = running ] && alive holder.1 && [ -p "/proc/$pid/fd/5" ]; then
  echo cancel >"/proc/$pid/fd/5"
fi
tell "$1" || exit 40
if [ -f log ]; then wc -c <log; else echo 0; fi
exit 0
