#!/bin/sh
# A job of Tensorline. Its folder may reach a node a moment later than the job.
tries=0
until cd "$SLURM_SUBMIT_DIR" 2>/dev/null && [ -f supervise ]; do
  [ "$tries" -lt 10 ] || exit 97
  tries=$((tries + 1))
  sleep 1
done
ln -s "$SLURM_JOB_ID" allocation 2>/dev/null || exit 0
printf '%s\n' "$SLURM_JOB_ID" >scheduler.run && mv -f scheduler.run scheduler
granted=
for index in $(printf %s "${SLURM_JOB_GPUS:-$SLURM_STEP_GPUS}" | tr ',' ' '); do
  case $index in *[!0-9]*) ;; *) granted="$granted$index:- " ;; esac
done
[ -z "$granted" ] || printf '%s\n' "${granted% }" >granted

# Slurm asks everything here at once to end, which must not end this.
trap : TERM
sh "$PWD/supervise" 1 </dev/null &
supervisor=$!
wait "$supervisor"
# A signal ends a wait, not what is waited for.
while kill -s 0 "$supervisor" 2>/dev/null; do wait "$supervisor"; done
IFS=' ' read -r version state code line <state
case $code in *[!0-9]*) code=1 ;; esac
# Not every Slurm ends what a supervisor that died has left.
case $state in
queued | running)
  for file in $(grep -s -z -l -x -F "TENSORLINE_JOB=${PWD##*/}" /proc/[0-9]*/environ); do
    pid=${file#/proc/}
    kill -s KILL "${pid%/*}" 2>/dev/null
  done
  ;;
esac
exit "$code"
