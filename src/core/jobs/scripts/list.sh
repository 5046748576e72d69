# Tells how the jobs of this machine stand, the newest two thousand of each place, and those that the back ends know besides;
# then, after a line `tickets`, who waits for GPUs or has some.
# One program reads all that have ended, as a shell reads byte by byte; an answer is bounded.

ended_jobs() { # input: ids. Prints the records of those that have ended, and the other ids on standard error.
  LC_ALL=C awk '
    function first(name) { line = ""; seen = getline line <(id "/" name); close(id "/" name); return line }
    /[^A-Za-z0-9-]/ || !/./ { next }
    {
      id = $0
      count = split(first("state"), word, " ")
      if (word[1] != 1) next
      if (count < 10 || word[2] == "queued" || word[2] == "running" || word[10] !~ /^[0-9]+$/) {
        print id | "cat 1>&2"
        next
      }
      first("log.lost")
      record = id
      for (at = 2; at <= 8; at++) record = record " " word[at]
      record = record " " word[10] " " (seen < 0 ? "-" : "lost") " " word[9]
      number = first("scheduler")
      card = substr(first("card"), 1, 2000)
      granted = substr(first("granted"), 1, 2000)
      record = record " " (number == "" ? "-" : number) "\n" card "\n" (granted == "" ? "-" : granted)
      record = record "\n" substr(first("waiting"), 1, 1000)
      room += length(record)
      if (room > 800000) exit
      print record
    }'
}

for root in "$main" "$spare"; do
  usable "$root" && cd "$root/$place" || continue
  { others=$(ls -t | head -n 2000 | ended_jobs 2>&1 1>&3); } 3>&1
  set -f
  for id in $others; do
    begun "$root/$place/$id" && cd "$root/$place/$id" || continue
    tell "$id"
  done
  set +f
done
for backend in $backends; do
  if command -v "${backend}_list" >/dev/null; then "${backend}_list"; fi
done
echo tickets
list_tickets
exit 0
