# Part of the program that gives GPUs to a job: its ticket, those of others, and which GPUs they have.

# The folder is everybody's; one that somebody else could rearrange is not used. Tickets are advice: without them it goes on.
open_folder() {
  [ -d "$tickets" ] || mkdir -m 1777 "$tickets"
  [ ! -L "$tickets" ] && [ -d "$tickets" ] || return
  if [ -O "$tickets" ]; then
    [ -k "$tickets" ] || chmod 1777 "$tickets"
  else
    [ -k "$tickets" ] || [ "$(stat -c %u "$tickets")" = 0 ]
  fi
}

open_tickets() { # makes this job's own
  open_folder || return
  # What this user left there long ago.
  for old in $(cd "$tickets" && find . ! -name . -prune -type f -mmin +10 ! -name '*[!A-Za-z0-9.-]*'); do
    [ -O "$tickets/$old" ] && rm -f "$tickets/$old"
  done
  # A job whose supervisor is replaced keeps its place, but not the ticket that the one before left.
  order=
  IFS= read -r order <gpus.order
  case $order in
  [0-9]*-[0-9]*)
    for old in "$tickets/1-$order-"*; do
      [ -O "$old" ] && [ -f "$old" ] && IFS=' ' read -r version word theirs job since <"$old" && [ "$job" = "$id" ] && rm -f "$old"
    done
    ;;
  *)
    order=$(date +%s-%N)
    case $order in *[!0-9-]*) order=${order%%-*}-000000000 ;; esac
    echo "$order" >gpus.order
    ;;
  esac
  me=1-$order-${boot%%-*}-$$-$wish-$count-$memory
  ticket=$tickets/$me
  write_ticket waiting - && [ -O "$ticket" ] && [ ! -L "$ticket" ] && [ -f "$ticket" ]
}

write_ticket() { # state, GPUs: by rename, so that nobody reads half of it
  [ -n "$ticket" ] || return 0
  open_folder && new=$(mktemp "$tickets/.new-XXXXXXXX") || return
  printf '%s\n' "1 $1 $machine $id $looked $2 $calm" >"$new" && chmod 644 "$new" && mv -f "$new" "$ticket" && return
  rm -f "$new"
  return 1
}

# Reads the tickets. Sets $ahead to how many wait before this one and $before to whose they are; $taken to the GPUs of
# others, $firmer and $later to those that an older or a younger one claims, as " INDEX:UUID@UID …"; of the latest look that
# somebody told in the last half minute $shared (what stayed idle), $latest (when) and $trusted (it is this user's own).
survey() {
  ahead=0 before= taken=' ' firmer=' ' later=' ' shared= latest=0 shared_by= trusted= passed= own=
  clock=$(date +%s)
  [ -n "$ticket" ] || return 0
  touched=$((touched + 1))
  [ $((touched % 3)) != 0 ] || touch -c "$ticket"
  [ -f "$ticket" ] || write_ticket waiting -
  list=$(limited 20 read_tickets)
  while IFS=' ' read -r name when owner word theirs job since gpus idle; do
    [ -n "$name" ] || continue
    [ "$name" != "$me" ] || { passed=1 own=$owner && continue; }
    if [ "$word" != holding ] && [ -z "$passed" ]; then
      ahead=$((ahead + 1))
      [ "$ahead" -gt 3 ] || { who_waits && before="$before${before:+; }$user waits for $wanted"; }
    fi
    if [ "$since" -gt "$latest" ] && [ "$since" -le $((clock + 2)) ] && [ "$since" -gt $((clock - 30)) ]; then
      [ "$theirs" = "$machine" ] && latest=$since shared=$idle shared_by=$owner
    fi
    IFS=,
    for gpu in $gpus; do
      # In another container of this machine the same GPU may have another index.
      [ "$theirs" = "$machine" ] || gpu=+:${gpu#*:}
      case $word$passed in
      waiting*) ;;
      holding*) taken="$taken$gpu@$owner " ;;
      claiming) firmer="$firmer$gpu@$owner " ;;
      claiming1) later="$later$gpu@$owner " ;;
      esac
    done
    unset IFS
  done <<LIST
$list
LIST
  [ -z "$own" ] || [ "$own" != "$shared_by" ] || trusted=1
}

who_waits() { # of a ticket: sets $user and $wanted
  user_name "$owner"
  wanted=${name#1-*-*-*-*-*-}
  wanted=${wanted%-*}
  [ "$wanted" = 1 ] && wanted='1 GPU' || wanted="$wanted GPUs"
}

holder() { # INDEX:UUID, list: true when it is in the list; sets $owner
  for gpu in "$1" "+:${1#*:}"; do
    [ "$gpu" != +:- ] || continue
    case $2 in *" $gpu@"*)
      owner=${2#*" $gpu@"}
      owner=${owner%% *}
      return 0
      ;;
    esac
  done
  return 1
}

# Says to everybody that these are taken, and then looks who else says so: one that holds a GPU has it, of those that only
# claim it the oldest. Whoever is younger gives way; the older one waits for that, since the younger may have it already.
claim() { # "INDEX:UUID,…": false where they are somebody else's now
  write_ticket claiming "$1" || return 0
  while [ -n "$ticket" ]; do
    survey
    doubt=
    for wanted in $pairs; do
      if holder "$wanted" "$taken$firmer"; then
        write_ticket waiting -
        return 1
      fi
      ! holder "$wanted" "$later" || doubt=1
    done
    [ -n "$doubt" ] || break
    pause "$moment"
  done
  return 0
}

hold() { # items: they are this job's
  write_ticket holding "$plain"
  case $1 in
  *:a:*) tell "granted $pairs-- HIP_VISIBLE_DEVICES=$numbers" ;;
  *)
    # An index counts by address only where CUDA is told to; a UUID needs no such care.
    case ,$names, in *,-,*) names=$numbers ;; esac
    tell "granted $pairs-- CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=$names"
    ;;
  esac
  while supervised; do
    pause "$keep"
    [ -z "$ticket" ] || { [ -f "$ticket" ] && touch -c "$ticket"; } || write_ticket holding "$plain"
  done
  leave
}
