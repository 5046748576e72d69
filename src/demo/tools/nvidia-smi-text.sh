# A short `nvidia-smi -q`: the sections people look at. Read by the simulated nvidia-smi, never run.
bare() {
  case $1 in \[*\]) bare=${1#\[} bare=${bare%\]} ;; *) bare=$1 ;; esac
}

line() {
  bare "$2"
  rows="$rows$(printf '%-42s: %s' "$1" "$bare")$newline"
}

gpu() {
  wanted || return 0
  found=1
  if [ "$ticks" = 0 ] && [ ! "$rows" ]; then
    rows="$newline==============NVSMI LOG==============$newline$newline"
    line Timestamp "$clock"
    line 'Driver Version' "$driver"
    line 'CUDA Version' "$cuda"
    rows=$rows$newline
    line 'Attached GPUs' "$gpu_count"
  fi
  rows="${rows}GPU $gpu_pci_bus_id$newline"
  line '    Product Name' "$gpu_name"
  line '    Product Architecture' "$architecture"
  line '    GPU UUID' "$gpu_uuid"
  line '    Performance State' "$gpu_pstate"
  rows="$rows    FB Memory Usage$newline"
  line '        Total' "$gpu_memory_total"
  line '        Used' "$gpu_memory_used"
  rows="$rows    Utilization$newline"
  line '        GPU' "$gpu_utilization_gpu"
  line '        Memory' "$gpu_utilization_memory"
  rows="$rows    Temperature$newline"
  line '        GPU Current Temp' "$gpu_temperature_gpu C"
  rows="$rows    GPU Power Readings$newline"
  line '        Average Power Draw' "$gpu_power_draw_average"
  line '        Current Power Limit' "$gpu_enforced_power_limit"
  rows=$rows$newline
}
