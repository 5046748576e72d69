#!/bin/sh
# A simulated nvidia-smi. It prints the state that the demo fleet keeps in ../run, in the formats of the genuine tool.
# Loops use builtins only, apart from the wait between two ticks.
host=${0%/*}/..
. "$host/run/facts"
. "$host/run/fields"

newline='
'
mode=table query= format= wait= ids= xml= ticks=0 rows=

usage_error() {
  printf '%s\n\n' "$1"
  exit "$2"
}

milliseconds() {
  case $1 in '' | *[!0-9]*) usage_error "Invalid loop interval: $1" 2 ;; esac
  rest=$((1000 + $1 % 1000))
  wait=$(($1 / 1000)).${rest#1}
}

while [ $# -gt 0 ]; do
  option=$1
  shift
  case $option in
    --query-gpu=*) mode=gpus query=${option#*=} ;;
    --query-compute-apps=*) mode=apps query=${option#*=} ;;
    --format=*) format=,${option#*=}, ;;
    -l=* | --loop=*) milliseconds "${option#*=}000" ;;
    -lms=* | --loop-ms=*) milliseconds "${option#*=}" ;;
    -l | --loop) milliseconds "${1:-5}000" && shift ;;
    -lms | --loop-ms) milliseconds "${1:-}" && shift ;;
    -i=* | --id=*) ids=,${option#*=}, ;;
    -i | --id) ids=,${1:-}, && shift ;;
    -L | --list-gpus) mode=list ;;
    -q | --query) mode=query ;;
    -x | --xml-format) xml=1 ;;
    -d | --display) shift ;;
    --display=*) ;;
    --version) mode=version ;;
    --help-query-gpu) mode=help ;;
    -h | --help) mode=usage ;;
    dmon | pmon | topo | nvlink) usage_error "Not supported on the device(s)${newline}Failed to process command line " 255 ;;
    *) usage_error "ERROR: Option $option is not recognized. Please run 'nvidia-smi -h'.$newline" 255 ;;
  esac
done

# What each fault of the fleet does to every call of the tool and to every tick of a loop.
meet_fault() {
  case $fault in
    hang) exec sleep 1000000 ;;
    driver-mismatch)
      printf 'Failed to initialize NVML: Driver/library version mismatch\nNVML library version: %s\n\n' "${driver%.*}"
      exit 18
      ;;
    garbage) cat "$host/run/garbage" ;;
  esac
}

wanted() {
  case $ids in '' | *,"$gpu_index",* | *,"$gpu_order",* | *,"$gpu_uuid",* | *,"$gpu_pci_bus_id",*) return 0 ;; esac
  return 1
}

gpu() { :; }
mig() { :; }
process() { :; }

add_column() {
  header="$header${header:+, }$canonical"
  case $format in
    *,nounits,*) row="$row${row:+, }\${$variable% $unit}" ;;
    *) row="$row${row:+, }\${$variable}" ;;
  esac
  [ "$unit" ] && header="$header [$unit]"
}

# Each of the query's columns becomes a part of `row`, a template that the shell fills in for every GPU or process.
columns() {
  case $format in *,csv,*) ;; *) usage_error "Invalid combination of input arguments. Please run 'nvidia-smi -h' for help.$newline" 2 ;; esac
  header= row=
  set -f
  IFS=,
  for column in $query; do
    column=${column# }
    "$1" "$column" || usage_error "Field \"$column\" is not a valid field to query." 2
    add_column
  done
  unset IFS
  set +f
  case $format in *,noheader,*) ;; *) rows=$header$newline ;; esac
}

app_field() {
  unit= canonical=$1
  case $1 in
    timestamp) variable=gpu_timestamp ;;
    gpu_name) variable=gpu_name ;;
    gpu_bus_id) variable=gpu_pci_bus_id ;;
    gpu_serial) variable=gpu_serial ;;
    gpu_uuid) variable=gpu_uuid ;;
    pid) variable=process_pid ;;
    process_name | name) variable=process_name canonical=process_name ;;
    used_gpu_memory | used_memory) variable=process_memory canonical=used_gpu_memory unit=MiB ;;
    *) return 1 ;;
  esac
}

add_row() {
  found=1
  eval "rows=\"\$rows$row\$newline\""
}

# A lost GPU still tells its index the first time a process asks, as the genuine tool does.
start_gpus() {
  columns field
  gpu() {
    [ "$gpu_lost" ] && [ "$ticks" -gt 0 ] && gpu_index='[GPU is lost]'
    if wanted; then add_row; fi
  }
}

start_apps() {
  columns app_field
  found=1
  process() {
    process_pid=$1 process_memory="$3 MiB" process_name=$4
    if wanted; then add_row; fi
  }
}

start_list() {
  slices=
  mig() {
    slices="$slices  MIG $3     Device  $1: (UUID: $4)$newline"
  }
  gpu() {
    if wanted; then
      found=1
      rows="${rows}GPU $gpu_index: $gpu_name (UUID: $gpu_uuid)$newline$slices"
    fi
    slices=
  }
}

tick() {
  . "$host/run/state"
  meet_fault
  [ "$found" ] || usage_error 'No devices were found' 6
  printf %s "$rows"
  rows=
  ticks=$((ticks + 1))
}

found=
case $mode in
  version)
    printf 'NVIDIA-SMI version  : %s\nNVML version        : %s\n' "$driver" "${driver%.*}"
    printf 'DRIVER version      : %s\nCUDA Version        : %s\n' "$driver" "$cuda"
    exit 0
    ;;
  help) exec cat "$host/run/help-query-gpu" ;;
  usage)
    printf 'NVIDIA System Management Interface -- v%s (simulated by the demo fleet)\n\n' "$driver"
    printf 'Known here: -L, -q, -q -x, --query-gpu, --query-compute-apps, --help-query-gpu, -i, -l, -lms, --version\n'
    exit 0
    ;;
  gpus) start_gpus ;;
  apps) start_apps ;;
  list) start_list ;;
  query) if [ "$xml" ]; then . "$host/lib/nvidia-smi-xml"; else . "$host/lib/nvidia-smi-text"; fi ;;
  table) . "$host/lib/nvidia-smi-table" ;;
esac

while :; do
  tick
  [ "$wait" ] || exit "${exit_code:-0}"
  sleep "$wait" </dev/null >/dev/null 2>&1
done
