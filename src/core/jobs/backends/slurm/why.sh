# Tells a supervisor why Slurm asks everything in its allocation to end; Slurm itself forgets that soon. Parameter: nothing
# where the supervisor was not asked, but the job has ended.

said=" $(scontrol -o show job "$SLURM_JOB_ID" 2>/dev/null) "
[ -n "$1" ] || case $said in *" JobState=RUNNING "* | '  ') exit ;; esac
case $said in
*" Reason=TimeLimit "*) ending=TIMEOUT word=limit ;;
*" Reason=NodeDown "*) ending=NODE_FAIL word='scheduler NODE_FAIL' ;;
*" PreemptTime="[0-9]*) ending=PREEMPTED word='scheduler PREEMPTED' ;;
*) ending=CANCELLED word=stop ;;
esac
printf '%s %s\n' "$ending" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" >scheduler.run && mv -f scheduler.run scheduler.end
echo "$word"
