# Lists the tickets for people, the oldest first: "mine" or "-", the name, the state, machine and job, since when its GPUs are
# its own (seconds since the epoch, 0 where it waits), those GPUs, and its user. Never more than fits into an answer.
limited 20 read_tickets | head -n 300 | while IFS=' ' read -r name touched owner word theirs job looked gpus idle; do
  mine=-
  [ ! -O "$tickets/$name" ] || mine=mine
  [ "$word" = holding ] || looked=0
  user_name "$owner"
  printf '%s %s %s %.100s %.100s %s %.2000s %s\n' "$mine" "$name" "$word" "$theirs" "$job" "$looked" "$gpus" "$user"
done | awk '{ room += length($0) + 1; if (room > 100000) exit; print }'
exit 0
