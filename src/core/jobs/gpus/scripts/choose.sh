# Part of the program that gives GPUs to a job: what one look at them shows, and which of them the job may have.

# Looks at the GPUs once: sets $table, a line "INDEX UUID KIND TOTAL FREE USE WHO" each (MiB), and $idle to those that are.
look_around() {
  table= trouble= idle=
  look_nvidia || look_amd || trouble='no GPU of NVIDIA or AMD is found here'
  looked=$(date +%s)
  clock=$looked
  # Several GPUs may report the same UUID; then it names none of them.
  uuids=' ' twice=' '
  while IFS=' ' read -r index uuid rest; do
    case $uuids in *" $uuid "*) twice="$twice$uuid " ;; *) uuids="$uuids$uuid " ;; esac
  done <<TABLE
$table
TABLE
  rows=
  while IFS=' ' read -r index uuid kind total free use who; do
    [ -n "$index" ] || continue
    case $twice in *" $uuid "*) uuid=- ;; esac
    rows="$rows$index $uuid $kind $total $free $use $who$nl"
    [ "$use" != idle ] || [ "$kind" = d ] || idle="$idle$index:$uuid:$kind:$free "
  done <<TABLE
$table
TABLE
  table=$rows
}

both() { # items "INDEX:UUID:KIND:MIB", items: sets $common to those of the first that are among the second, too
  common=
  for item in $1; do
    case " $2" in *" ${item%:*}:"*) common="$common$item " ;; esac
  done
}

available() { # item: nobody else has it or claims it by right
  asked=${1%:*}
  ! holder "${asked%:*}" "$taken$firmer"
}

# Chooses among items: sets $fit; false where that is not enough. Whole GPUs first; a program can use only one slice.
choose() { # items
  fit= left=$count
  if [ "$wish" = these ]; then
    both "$exact" "$1"
    fit=$common
    for item in $fit; do available "$item" && left=$((left - 1)); done
  else
    for kinds in '[na]' m; do
      for item in $1; do
        case $item in *:$kinds:*) ;; *) continue ;; esac
        [ "$left" -gt 0 ] && [ "${item##*:}" -ge "$memory" ] || continue
        [ "$kinds" != m ] || [ "$count" = 1 ] || continue
        available "$item" && fit="$fit$item " left=$((left - 1))
      done
    done
  fi
  [ "$left" -le 0 ]
}

exactly() { # sets $exact to the items of the ids that were asked for; refuses where there is none
  exact=
  for wanted in $ids; do
    found=
    while IFS=' ' read -r index uuid kind total free use who; do
      case $wanted in
      "$index") [ "$kind" != m ] || continue ;;
      "$uuid") ;;
      *) continue ;;
      esac
      found="$index:$uuid:$kind:$free "
    done <<TABLE
$table
TABLE
    case $found in
    '') refuse "this host has no GPU $wanted" ;;
    *:d:*) refuse "GPU $wanted is divided into MIG slices; choose one of them by its UUID" ;;
    esac
    case " $exact" in *" $found"*) ;; *) exact="$exact$found" ;; esac
  done
  set -- $exact
  count=$#
}

possible() { # so many GPUs are there, and big enough; refuses where that can never be
  have=0 slices_too=0
  while IFS=' ' read -r index uuid kind total free use who; do
    [ -n "$index" ] && [ "$kind" != d ] && [ "$use" != barred ] || continue
    # Of one that cannot be read now nothing is known.
    [ "$total" = 0 ] || [ "$total" -ge "$memory" ] || continue
    if [ "$kind" = m ]; then slices_too=1; else have=$((have + 1)); fi
  done <<TABLE
$table
TABLE
  [ "$have" != 0 ] || have=$slices_too
  [ "$have" -lt "$count" ] || return 0
  [ "$count" = 1 ] && wanted='1 GPU' || wanted="$count GPUs"
  gigabytes "$memory"
  [ "$memory" = 0 ] || wanted="$wanted with $gigabytes GB each" have="$have such"
  refuse "the job wants $wanted, this host has $have"
}

describe() { # sets $words to who has what
  words=
  while IFS=' ' read -r index uuid kind total free use who; do
    [ -n "$index" ] && [ "$kind" != d ] || continue
    if [ "$wish" = these ]; then
      case " $exact" in *" $index:$uuid:"*) ;; *) continue ;; esac
    fi
    label="GPU $index"
    [ "$kind" != m ] || label="a slice of GPU $index"
    if [ "$use" = idle ] && holder "$index:$uuid" "$taken$firmer"; then
      user_name "$owner"
      why="ticket of $user"
    else
      gigabytes "$free"
      case $use in
      used) why=$who ;;
      barred) why='set to do no computing' ;;
      broken) why='needs a reset' ;;
      unknown) why='cannot be read' ;;
      *) if [ "$free" -lt "$memory" ]; then why="only $gigabytes GB free"; else why='idle so far'; fi ;;
      esac
    fi
    words="$words${words:+; }$label: $why"
  done <<TABLE
$table
TABLE
}

listed() { # items: sets $pairs and $plain, "INDEX:UUID" with blanks and with commas, and $numbers and $names
  pairs= plain= numbers= names=
  for item in $1; do
    item=${item%:*}
    item=${item%:*}
    pairs="$pairs$item " plain=$plain${plain:+,}$item
    numbers=$numbers${numbers:+,}${item%%:*} names=$names${names:+,}${item#*:}
  done
}
