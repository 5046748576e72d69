# Becomes the job, at the end of the user's start-up files, whose output nobody wants: tells the supervisor that they are
# through, and starts with what the job shall find.

folder=${0%/*}
supervisor=/proc/$TENSORLINE_SUPERVISOR/fd
[ -p "$supervisor/5" ] && echo "$TENSORLINE_NUMBER entered" >"$supervisor/5" || exit
exec >"$supervisor/4" 2>&1
for word in $TENSORLINE_GPUS; do export "$word"; done
unset TENSORLINE_SUPERVISOR TENSORLINE_NUMBER TENSORLINE_ENTRY TENSORLINE_PART TENSORLINE_SH TENSORLINE_GPUS
TENSORLINE_JOB=${folder##*/} TENSORLINE_OUT=$folder/out TENSORLINE_RUN=$folder/run PYTHONUNBUFFERED=1 TERM=dumb
export TENSORLINE_JOB TENSORLINE_OUT TENSORLINE_RUN PYTHONUNBUFFERED TERM
unset word supervisor
. "$folder/script"
