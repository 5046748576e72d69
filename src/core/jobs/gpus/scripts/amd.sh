# Part of the program that gives GPUs to a job: one look at the GPUs of AMD, in the kernel's own files and without a process.
# HIP counts the GPUs among the nodes of the compute driver's topology.

first_line() { # file: sets $value; false where there is nothing to read
  value=
  { IFS= read -r value <"$1"; } 2>/dev/null || [ -n "$value" ]
}

look_amd() { # sets $table; false where there is no GPU of that vendor
  [ -d "$sys/class/kfd/kfd/topology/nodes/0" ] || return
  vendor=a trouble= table= index=0 node=0
  while [ -d "$sys/class/kfd/kfd/topology/nodes/$node" ]; do
    amd_node "$sys/class/kfd/kfd/topology/nodes/$node"
    node=$((node + 1))
  done
  [ -n "$table" ]
}

amd_node() { # folder: adds the node to the table if it is a GPU that this user may use
  first_line "$1/gpu_id" && [ "$value" != 0 ] || return
  gpu_id=$value location= domain=0
  {
    while IFS=' ' read -r key value; do
      case $key in location_id) location=$value ;; domain) domain=$value ;; esac
    done <"$1/properties"
  } 2>/dev/null
  case $location$domain in '' | *[!0-9]*) return ;; esac
  device=$sys/bus/pci/devices/$(printf '%04x:%02x:%02x.%x' "$domain" "$((location >> 8))" "$((location >> 3 & 31))" "$((location & 7))")
  uuid=- use=used who= total=0 free=0 used=
  first_line "$device/unique_id" && case $value in '' | *[!A-Za-z0-9]*) ;; *) uuid=$value ;; esac
  kfd_processes
  if first_line "$device/power/runtime_status" && [ "$value" = suspended ]; then
    # Asking for its values would wake it; nobody uses one that sleeps.
    first_line "$device/mem_info_vram_total" && bytes "$value" && total=$mebibytes free=$mebibytes
    use=idle
  elif first_line "$device/mem_info_vram_total" && bytes "$value" && total=$mebibytes total_bytes=$value &&
    first_line "$device/mem_info_vram_used" && bytes "$value" && used=$value; then
    free=$(((total_bytes - used) / 1048576)) busy=0
    first_line "$device/gpu_busy_percent" && number "$value" && busy=${number:-0}
    [ -z "$running" ] && { [ "$used" -lt 1073741824 ] || [ "$((used * 50))" -lt "$total_bytes" ]; } && [ "$busy" -lt 5 ] && use=idle
    gigabytes "$mebibytes"
    [ "$use" = idle ] || who="$users$gigabytes GB"
  else
    use=unknown
  fi
  table="$table$index $uuid a $total $free $use $who$nl"
  index=$((index + 1))
}

bytes() { # number: sets $mebibytes; false where it is none
  case $1 in '' | *[!0-9]* | ????????????????*) return 1 ;; esac
  mebibytes=$(($1 / 1048576))
}

kfd_processes() { # with memory on $gpu_id: sets $running and $users as `processes` does
  on_gpu=
  for file in "$sys/class/kfd/kfd/proc"/*/"vram_$gpu_id"; do
    first_line "$file" && [ "$value" != 0 ] || continue
    file=${file%/*}
    on_gpu="$on_gpu$gpu_id, ${file##*/}$nl"
  done
  processes "$on_gpu" "$gpu_id"
}
