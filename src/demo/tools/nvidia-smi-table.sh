# The plain table of the simulated nvidia-smi. Read by it, never run.
rule='+-----------------------------------------------------------------------------------------+'
inner='+-----------------------------------------+------------------------+----------------------+'
slice_rule='+------------------+----------------------------------+-----------+-----------------------+'
blank='                                                                                         '
slices= processes= slice_rows= process_rows= exit_code=0

mig() {
  slice_rows="$slice_rows$1 $2 $5 $6 $7 $8$newline"
}

process() {
  process_rows="$process_rows$1 $2 $3 $4$newline"
}

# The upper table is printed GPU by GPU; what the lower tables need is kept until all have been seen.
gpu() {
  if wanted; then
    found=1
    [ "$printed_header" ] || table_header
    table_gpu
    remember_lower_tables
  fi
  slice_rows= process_rows=
}

table_header() {
  printed_header=1
  printf '%s       \n%s\n' "$clock" "$rule"
  printf '| NVIDIA-SMI %-23sDriver Version: %-15sCUDA Version: %-9s|\n%s\n' "$driver" "$driver" "$cuda" "$inner"
  printf '| GPU  Name                 Persistence-M | Bus-Id          Disp.A | Volatile Uncorr. ECC |\n'
  printf '| Fan  Temp   Perf          Pwr:Usage/Cap |           Memory-Usage | GPU-Util  Compute M. |\n'
  printf '|                                         |                        |               MIG M. |\n'
  printf '|=========================================+========================+======================|\n'
}

# `12.34 W` as `12W`, `[N/A]` as `N/A`, what a lost GPU says as `ERR!`.
short() {
  case $1 in
    '[GPU is lost]') short='ERR!' ;;
    \[*\]) short=${1#\[} short=${short%\]} ;;
    *.*\ W) short=${1%%.*}W ;;
    *) short=${1% *}${1##* } ;;
  esac
}

table_gpu() {
  if [ "$gpu_lost" ]; then
    exit_code=15 memory=' GPU is lost           ' celsius='ERR!'
  else
    short "$gpu_memory_used" && used=$short
    short "$gpu_memory_total" && memory=$(printf '%11s / %9s' "$used" "$short") celsius=${gpu_temperature_gpu}C
  fi
  short "$gpu_fan_speed" && fan=$short
  short "$gpu_power_draw" && draw=$short
  short "$gpu_power_limit" && cap=$short
  case $gpu_utilization_gpu in *%) busy=${gpu_utilization_gpu% %}% ;; *) short "$gpu_utilization_gpu" && busy=$short ;; esac
  case $gpu_ecc_errors_uncorrected_volatile_total in
    \[GPU*) ecc='ERR!' ;;
    \[*) ecc=N/A ;;
    *) ecc=$gpu_ecc_errors_uncorrected_volatile_total ;;
  esac
  mig_mode=${gpu_mig_mode_current#\[} mig_mode=${mig_mode%\]}
  [ "$mig_mode" = Enabled ] && ecc=On
  case $fan in *%) ;; *) fan=N/A ;; esac
  printf '|%4s  %-31s%-4s|%19s %-3s |%21s |\n' "$gpu_index" "$gpu_name" On "$gpu_pci_bus_id" Off "$ecc"
  printf '|%4s%6s%6s%16s / %5s |%-23s |%8s%13s |\n' "$fan" "$celsius" "$gpu_pstate" "$draw" "$cap" "$memory" "$busy" Default
  printf '|%41s|%24s|%21s |\n%s\n' '' '' "$mig_mode" "$inner"
}

remember_lower_tables() {
  while read -r number instance used total cores share; do
    [ "$number" ] || continue
    slices=$slices$(
      printf '|%3s%5s%4s%4s  |%19s / %8s    |%3s%7s |%3s%4s%5s%5s%5s |\n' "$gpu_index" "$instance" 0 "$number" \
        "${used}MiB" "${total}MiB" "$cores" 0 "$share" 0 "$share" 0 "$share"
      printf '|%18s|%19s / %8s    |%11s|%23s|\n%s' '' 0MiB "$((total * 11 / 18))MiB" '' '' "$slice_rule"
    )$newline
  done <<LIST
$slice_rows
LIST
  while read -r pid instance used name; do
    [ "$pid" ] || continue
    compute=N/A
    [ "$instance" = N/A ] || compute=0
    [ ${#name} -gt 36 ] && name=...$name
    while [ ${#name} -gt 36 ]; do name=...${name#...?}; done
    processes=$processes$(printf '|%5s   %3s  %3s%16s%7s   %-36s%10s |' \
      "$gpu_index" "$instance" "$compute" "$pid" C "$name" "${used}MiB")$newline
  done <<LIST
$process_rows
LIST
}

lower_tables() {
  if [ "$slices" ]; then
    printf '\n%s\n| MIG devices:                                                                            |\n' "$rule"
    printf '%s\n' "$slice_rule"
    printf '| GPU  GI  CI  MIG |              Shared Memory-Usage |        Vol|        Shared         |\n'
    printf '|      ID  ID  Dev |                Shared BAR1-Usage | SM     Unc| CE ENC  DEC  OFA  JPG |\n'
    printf '|                  |                                  |        ECC|                       |\n'
    printf '|==================+==================================+===========+=======================|\n'
    printf %s "$slices"
  fi
  [ "$exit_code" = 15 ] && printf '%s\n' "$blank"
  printf '\n%s\n| Processes:                                                                              |\n' "$rule"
  printf '|  GPU   GI   CI              PID   Type   Process name                        GPU Memory |\n'
  printf '|        ID   ID                                                               Usage      |\n'
  printf '|=========================================================================================|\n'
  if [ "$processes" ]; then
    printf %s "$processes"
  else
    printf '|  No running processes found                                                             |\n'
  fi
  printf '%s\n' "$rule"
}

# Takes the place of the `tick` that prints rows.
tick() {
  slices= processes= printed_header= exit_code=0
  . "$host/run/state"
  meet_fault
  [ "$found" ] || usage_error 'No devices were found' 6
  lower_tables
  [ "$exit_code" = 15 ] && printf 'Failed to query device index\n'
  ticks=$((ticks + 1))
}
