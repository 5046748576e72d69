# Part of the program that gives GPUs to a job: one look at the GPUs of NVIDIA.
# Fields that old drivers do not know stand last: they are left out when the tool says so.
extra=,mig.mode.current,gpu_recovery_action chosen=

ask() { # seconds words...: sets $text and $code
  text=$(limited "$@" 2>&1; echo "exit $?")
  code=${text##*exit } text=${text%exit *}
}

# Sets $table; false where there is no tool of that vendor. Where it fails, $trouble is its word.
look_nvidia() {
  command -v nvidia-smi >/dev/null 2>&1 || return
  vendor=n trouble= tries=0
  while :; do
    ask 15 nvidia-smi ${chosen:+-i "$chosen"} --format=csv,noheader,nounits \
      "--query-gpu=index,pci.bus_id,memory.used,memory.total,utilization.gpu,compute_mode,uuid$extra"
    tries=$((tries + 1))
    [ "$code" != 0 ] && [ "$tries" -lt 4 ] || break
    case $text in
    *'"gpu_recovery_action" is not a valid'*) extra=${extra%,*} ;;
    *'"mig.mode.current" is not a valid'*) extra= ;;
    *'Unable to determine the device handle'*) leave_out || break ;;
    *) break ;;
    esac
  done
  rows=$text
  if [ "$code" = 137 ]; then trouble='nvidia-smi hangs'; fi
  case $rows in *'No devices were found'*) return 1 ;; esac
  [ "$code" = 0 ] || [ -n "$trouble" ] || trouble="nvidia-smi fails: $(printf '%.200s' "$rows" | tr -s '\000-\040\177-\377' ' ')"
  trouble=${trouble% }
  [ -z "$trouble" ] || return 0
  ask 15 nvidia-smi --query-compute-apps=gpu_bus_id,pid,used_memory --format=csv,noheader,nounits
  apps=$text apps_code=$code divided= table=
  while IFS=, read -r index bus used total busy mode uuid mig action; do
    case $index in '' | *[!0-9]*) continue ;; esac
    nvidia_row
  done <<ROWS
$rows
ROWS
  [ -z "$divided" ] || look_slices
  [ -n "$table" ] || trouble='nvidia-smi shows no GPU'
}

leave_out() { # one GPU that makes the tool fail for all: asks for the others, by the addresses that the kernel has
  others=
  set +f
  for device in "$sys"/bus/pci/drivers/nvidia/*:*; do
    address=${device##*/}
    upper=$(printf %s "${address#????:}" | tr a-f A-F)
    case $text in *"$upper"* | *"${address#????:}"*) ;; *) others=$others${others:+,}$address ;; esac
  done
  [ -n "$others" ] && [ "$others" != "$chosen" ] && chosen=$others
}

number() { # text: sets $number, empty where it is none
  number=${1# }
  case $number in '' | *[!0-9]* | ???????????*) number= ;; esac
}

# The rule of isFree in src/shared/gpuUse.ts, in MiB; a utilization that cannot be read says nothing.
idle_by_numbers() { # used, total, utilization
  [ "$1" -lt 1024 ] || [ "$(($1 * 50))" -lt "$2" ] && [ "${3:-0}" -lt 5 ]
}

nvidia_row() { # of the columns: adds it to the table
  bus=${bus# } uuid=${uuid# } kind=n use=used who= free=0
  case $uuid in '' | *[!A-Za-z0-9-]*) uuid=- ;; esac
  case ${mig# } in Enabled) kind=d divided=1 ;; esac
  number "$used" && used=$number
  number "$total" && total=$number
  number "$busy" && busy=$number
  processes "$apps" "$bus"
  if [ -z "$used" ] || [ -z "$total" ] || [ "$apps_code" != 0 ]; then
    use=unknown total=${total:-0}
  else
    free=$((total - used))
    [ -z "$running" ] && idle_by_numbers "$used" "$total" "$busy" && use=idle
    gigabytes "$used"
    [ "$use" = idle ] || who="$users$gigabytes GB"
  fi
  case ${mode# } in Prohibited) use=barred ;; esac
  case ${action# } in [Gg][Pp][Uu]\ [Rr]e* | [Rr]eset* | [Rr]eboot* | [Dd]rain* | [Gg][Pp][Uu]\ [Dd]rain*) use=broken ;; esac
  table="$table$index $uuid $kind $total $free $use $who$nl"
}

gigabytes() { # MiB: sets $gigabytes
  gigabytes=$((($1 * 1048576 + 500000000) / 1000000000))
}

processes() { # lines "GPU, PID, …", GPU: sets $running, and $users to their owners, each once, with a comma
  running= users=
  while IFS=', ' read -r gpu pid rest; do
    [ "$gpu" = "$2" ] || continue
    running=1
    owner_of "$pid"
    case ", $users" in *", $user, "*) ;; *) users="$users$user, " ;; esac
  done <<APPS
$1
APPS
}

owner_of() { # pid: sets $user
  owner=
  case $1 in '' | *[!0-9]*) ;; *)
    {
      while read -r key owner rest; do
        [ "$key" = Uid: ] && break
        owner=
      done <"$proc/$1/status"
    } 2>/dev/null
    ;;
  esac
  user=somebody
  [ -z "$owner" ] || user_name "$owner"
}

# MIG slices: their UUIDs are in one output, their memory and processes in another; both list the GPUs in the same order.
look_slices() {
  ask 20 nvidia-smi -L
  [ "$code" = 0 ] || return 0
  names=$text
  ask 20 nvidia-smi -q -x
  [ "$code" = 0 ] || return 0
  slices=$(printf '%s\n' "$names" "$text" | awk '
    function value(line) { sub(/^[^>]*>/, "", line); sub(/<.*/, "", line); sub(/ MiB$/, "", line); return line }
    /^GPU [0-9]+:/ { listed++; sub(/:.*/, "", $2); index_of[listed] = $2 }
    /^ +MIG .*\(UUID: [A-Za-z0-9\/-]+\)/ {
      uuid = $0; sub(/.*UUID: /, "", uuid); sub(/\).*/, "", uuid)
      device = $0; sub(/.*Device +/, "", device); sub(/:.*/, "", device)
      uuid_of[listed, device + 0] = uuid
    }
    /<gpu id=/ { gpu++; slices = 0; inside = process = memory = 0 }
    /<mig_device>/ { inside = 1; device = instance = total = used = "" }
    /<process_info>/ { process = 1; instance = pid = "" }
    inside && /<index>/ { device = value($0) }
    (inside || process) && /<gpu_instance_id>/ { instance = value($0) }
    inside && /<fb_memory_usage>/ { memory = 1 }
    inside && memory && /<total>/ { total = value($0) }
    inside && memory && /<used>/ { used = value($0) }
    /<\/fb_memory_usage>/ { memory = 0 }
    process && /<pid>/ { pid = value($0) }
    /<\/mig_device>/ { inside = 0; print "slice", index_of[gpu], instance, uuid_of[gpu, device + 0], total, used }
    /<\/process_info>/ { process = 0; if (instance ~ /^[0-9]+$/) print "process", index_of[gpu] "/" instance ",", pid }')
  on_slices=$(printf '%s\n' "$slices" | while IFS=' ' read -r word rest; do [ "$word" != process ] || echo "$rest"; done)
  while IFS=' ' read -r word index instance uuid total used rest; do
    [ "$word" = slice ] && [ -z "$rest" ] || continue
    case $index$uuid in '' | *[!A-Za-z0-9/-]*) continue ;; esac
    number "$total" && total=$number
    number "$used" && used=$number
    use=used who= free=0
    processes "$on_slices" "$index/$instance"
    if [ -z "$used" ] || [ -z "$total" ]; then
      use=unknown total=${total:-0}
    else
      free=$((total - used))
      [ -z "$running" ] && idle_by_numbers "$used" "$total" 0 && use=idle
      gigabytes "$used"
      [ "$use" = idle ] || who="$users$gigabytes GB"
    fi
    table="$table$index $uuid m $total $free $use $who$nl"
  done <<SLICES
$slices
SLICES
}
