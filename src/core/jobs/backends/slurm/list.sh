# Jobs that Slurm knows and Tensorline did not start, as records; and where the log of such a job is.

slurm_indices() { # prints a line "NUMBER INDEX:- INDEX:- …" for each running job that has GPUs, on whichever node
  LC_ALL=C slurm_brief scontrol -d -o show job 2>/dev/null </dev/null | LC_ALL=C awk '
    # A name may break the line of a job.
    /^JobId=[0-9]/ { number = substr($1, 7) }
    {
      rest = $0
      # GRES=gpu:h200:2(IDX:0-1,3),nic:1(IDX:0); older: GRES_IDX=gpu(IDX:0-1), GRES=[[gpu:2]](IDX:0-1). Others have no figures.
      while (match(rest, /gpu[^() ]*\(IDX:[0-9,-]+\)/)) {
        indices = substr(rest, RSTART, RLENGTH - 1)
        rest = substr(rest, RSTART + RLENGTH)
        sub(/.*IDX:/, "", indices)
        parts = split(indices, part, ",")
        for (at = 1; at <= parts; at++) {
          split(part[at] "-" part[at], end, "-")
          for (gpu = end[1] + 0; gpu <= end[2] + 0 && gpu < 64; gpu++)
            if (!((number, gpu) in seen)) {
              seen[number, gpu]
              line[number] = line[number] " " gpu ":-"
            }
        }
      }
    }
    END { for (number in line) print number line[number] }'
}

slurm_records() { # others or nothing; input: lines of slurm_squeue
  while IFS='|' read -r number word begins ends submitted user gres row; do
    case $number in '' | *[!0-9]*) continue ;; esac
    why=${row%%"$slurm_mark"*} row=${row#*"$slurm_mark"}
    shown=${row%%"$slurm_mark"*} row=${row#*"$slurm_mark"}
    program=${row%%"$slurm_mark"*} row=${row#*"$slurm_mark"}
    folder=${row%%"$slurm_mark"*} name=${row#*"$slurm_mark"}
    name=${name%"$slurm_mark"}
    case $1$program in
    "$main/$place/"*/batch | "$spare/$place/"*/batch) continue ;;
    others*) [ "$user" != "$slurm_user" ] || continue ;;
    esac
    slurm_state "$word"
    granted=- began=- ended=- detail=$word
    case $state in
    queued) slurm_time "$begins" && detail="$time $why" ;;
    running)
      detail=
      slurm_time "$begins" && began=$time
      case $slurm_line$slurm_given in
      *"$slurm_line$number "*)
        granted=${slurm_given#*"$slurm_line$number "}
        granted=${granted%%"$slurm_line"*}
        ;;
      esac
      ;;
    *)
      slurm_time "$begins" && began=$time
      slurm_time "$ends" && ended=$time
      case $word in COMPLETED | FAILED) detail= ;; esac
      ;;
    esac
    case $shown in *[!0-9_+]*) shown=$number ;; esac
    slurm_time "$submitted"
    printf 'slurm-%s %s - - %s %s %s %s - - - %s\n' "$number" "$state" "$time" "$began" "$ended" "$reason" "$shown"
    printf '{"name":"%.200s","backend":"slurm","folder":"%.1000s"%s}\n' "$name" "$folder" "${1:+,\"user\":\"$user\"}"
    printf '%s\n%.1000s\n' "$granted" "$detail"
  done
}

slurm_list() {
  command -v squeue >/dev/null 2>&1 || return 0
  slurm_ask
  slurm_user=$(id -un) slurm_given=
  # One question for all of them, and only where somebody has GPUs.
  case $slurm_mine in *'|RUNNING|'*gpu*) slurm_given=$slurm_line$(slurm_indices)$slurm_line ;; esac
  printf '%s\n' "$slurm_mine" | slurm_records
  slurm_squeue | head -n 500 | slurm_records others
}

slurm_log() { # number: prints the path of what the job prints, on the host that sees it
  slurm_ready
  LC_ALL=C slurm_brief scontrol show job "$1" 2>/dev/null </dev/null | {
    pattern= short= user= array= task= name= host=
    while IFS= read -r row; do
      case $row in
      JobId=*) name=${row#*JobName=} array=$1 ;;
      '   UserId='*) user=${row#*UserId=} && user=${user%%(*} ;;
      '   BatchHost='*) host=${row#*=} && host=${host%%.*} ;;
      '   StdOut='*) pattern=${row#*=} ;;
      esac
      case $row in JobId=*ArrayJobId=*) array=${row#*ArrayJobId=} && array=${array%% *} ;; esac
      case $row in JobId=*ArrayTaskId=*) task=${row#*ArrayTaskId=} && task=${task%% *} ;; esac
    done
    [ -n "$pattern" ] || exit 1
    # Most releases have filled it in already, but not everything.
    path=
    while [ -n "$pattern" ] && [ ! -e "$pattern" ]; do
      case $pattern in
      *%*) path=$path${pattern%%"%"*} pattern=${pattern#*"%"} ;;
      *) break ;;
      esac
      digits=${pattern%%[!0-9]*}
      sign=${pattern#"$digits"}
      pattern=${sign#?} sign=${sign%"${sign#?}"}
      case $sign in
      j | J) sign=$1 ;;
      A) sign=$array ;;
      a) sign=${task:-4294967294} ;;
      u) sign=$user ;;
      x) sign=$name ;;
      N) sign=$host ;;
      n | t) sign=0 ;;
      s) sign=batch ;;
      %) ;;
      *) sign=%$digits$sign ;;
      esac
      case $sign in *[!0-9]*) ;; *) [ -z "$digits" ] || sign=$(printf "%0${digits}d" "$sign") ;; esac
      path=$path$sign
    done
    printf '%s\n' "$path$pattern"
  }
}
