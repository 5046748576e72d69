# How operations stand. Beside what place.sh says, the folder of one holds
#   title, parameters, script, undo   what was asked for
#   run                               becomes a part of it
#   state                             "1 STATE CODE BEGAN ENDED LEFT"

read_state() {
  { IFS=' ' read -r version state code began ended left <state; } 2>/dev/null && [ "$version" = 1 ]
}

tell() { # id, in its folder: "ID STATE CODE BEGAN ENDED LEFT", then its title. One that died is undone from now on.
  read_state || return
  if [ "$state" = running ]; then
    latest
    if alive "holder.$turn"; then
      [ "$turn" = 1 ] || state=lost
    elif read_state && [ "$state" = running ]; then
      state=lost
      launch "$PWD" "$((turn + 1))"
    fi
  fi
  title=
  { IFS= read -r title <title; } 2>/dev/null
  printf '%s %s %s %s %s %s\n%.400s\n' "$1" "$state" "$code" "$began" "$ended" "$left" "$title"
}
