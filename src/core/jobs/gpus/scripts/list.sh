# Lists the tickets for people: of each "mine" or "-", what read_tickets says of it but for what stayed idle, and its user.
read_tickets | head -n 300 | while IFS=' ' read -r name touched owner word theirs job looked gpus idle; do
  mine=-
  [ ! -O "$tickets/$name" ] || mine=mine
  user_name "$owner"
  printf '%s %s %s %s %.100s %.100s %.2000s %s\n' "$mine" "$name" "$touched" "$word" "$theirs" "$job" "$gpus" "$user"
done
exit 0
