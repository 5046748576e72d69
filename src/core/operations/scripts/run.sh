# Becomes a part of an operation. First it runs at the end of the user's start-up files, whose output nobody wants: tells
# the supervisor that they are through, and starts anew with what the part shall find. Then, with the part's name, it is it.

folder=${0%/*}
if [ "$#" = 0 ]; then
  supervisor=/proc/$TENSORLINE_SUPERVISOR/fd part=$TENSORLINE_PART sh=$TENSORLINE_SH
  [ -p "$supervisor/5" ] && echo "$TENSORLINE_NUMBER entered" >"$supervisor/5" || exit
  unset TENSORLINE_SUPERVISOR TENSORLINE_NUMBER TENSORLINE_ENTRY TENSORLINE_PART TENSORLINE_SH
  # No colours, no progress bars, no questions; messages in English and text as the user has it.
  LANG=${LC_ALL:-${LANG:-C.UTF-8}} LC_MESSAGES=C TERM=dumb NO_COLOR=1 PYTHONUNBUFFERED=1 PIP_NO_INPUT=1
  unset LC_ALL LANGUAGE
  TENSORLINE_OPERATION=${folder##*/}
  export LANG LC_MESSAGES TERM NO_COLOR PYTHONUNBUFFERED PIP_NO_INPUT TENSORLINE_OPERATION
  exec "$sh" "$0" "$part" >"$supervisor/4" 2>&1
fi
part=$1
set --
while IFS= read -r word; do set -- "$@" "$word"; done <"$folder/parameters"
unset word
. "$folder/$part"
