#!/bin/sh
# A simulated rocm-smi (ROCm 6.4). It takes about a second, as the genuine one does.
host=${0%/*}/..
. "$host/run/facts"

json= concise=1 shown=, devices=
while [ $# -gt 0 ]; do
  option=$1
  shift
  case $option in
    --json) json=1 ;;
    --showmeminfo)
      concise= shown=${shown}meminfo,
      while [ $# -gt 0 ]; do case $1 in -*) break ;; *) shift ;; esac done
      ;;
    --show*) concise= shown=$shown${option#--show}, ;;
    -d | --device) devices=,${1:-}, && shift ;;
    -V | --version)
      printf 'ROCM-SMI version: 3.0.0+unknown\nROCM-SMI-LIB version: 7.5.0\n'
      exit 0
      ;;
    *)
      printf 'usage: rocm-smi [-h] [-V] [-d DEVICE [DEVICE ...]] [--json] ...\nrocm-smi: error: unrecognized arguments: %s\n' "$option" >&2
      exit 2
      ;;
  esac
done
if [ "$json" ] && [ "$concise" ]; then
  printf 'NOT_SUPPORTED: Cannot print JSON/CSV output for concise output\n\n'
  exit 1
fi
sleep 0.8

asked() {
  case $shown in *,"$1",* | *,allinfo,*) return 0 ;; esac
  return 1
}

# Adds `"key": "value"` to the object under construction.
pair() {
  pairs="$pairs${pairs:+, }\"$1\": \"$2\""
}

card_json() {
  pairs=
  if asked id; then
    pair 'Device Name' "$name"
    pair 'Device ID' "0x${device_id%????}"
    pair 'Device Rev' 0x00
    pair 'Subsystem ID' "0x${device_id%????}"
    pair GUID "$guid"
  fi
  asked uniqueid && pair 'Unique ID' "0x$unique_id"
  if asked temp; then
    pair 'Temperature (Sensor junction) (C)' "$junction.0"
    pair 'Temperature (Sensor memory) (C)' "$memory_celsius.0"
  fi
  if asked clocks; then
    pair 'mclk clock speed:' "(${mclk}Mhz)"
    pair 'mclk clock level:' 3
    pair 'sclk clock speed:' "(${sclk}Mhz)"
    pair 'sclk clock level:' 1
    pair 'pcie clock level' '0 (32.0GT/s x16)'
  fi
  asked maxpower && pair 'Max Graphics Package Power (W)' "$power_cap.0"
  asked power && pair 'Current Socket Graphics Package Power (W)' "$power.0"
  asked use && pair 'GPU use (%)' "$busy" && pair 'GFX Activity' "$activity"
  if asked memuse; then
    pair 'GPU Memory Allocated (VRAM%)' "$vram_percent"
    pair 'GPU Memory Read/Write Activity (%)' "$memory_busy"
    pair 'Memory Activity' "$activity"
  fi
  if asked meminfo; then
    pair 'VRAM Total Memory (B)' "$vram_total"
    pair 'VRAM Total Used Memory (B)' "$vram_used"
  fi
  asked bus && pair 'PCI Bus' "$bus"
  if asked productname; then
    pair 'Card Series' "$name"
    pair 'Card Model' "0x${device_id%????}"
    pair 'Card Vendor' 'Advanced Micro Devices, Inc. [AMD/ATI]'
    pair 'Card SKU' M3000100
    pair 'Node ID' "$node"
    pair 'GFX Version' gfx942
  fi
  [ "$pairs" ] && objects="$objects${objects:+, }\"card$index\": {$pairs}"
}

card_line() {
  objects=$objects$(printf '%-8s%-6s0x%s,   %-7s%-12s%-10s%-20s%-9s%-9s%-5s%-6s%-8s%-7s%-6s' "$index" "$node" "${device_id%????}" \
    "$guid" "$junction.0°C" "$power.0W" 'NPS1, SPX, 0' "${sclk}Mhz" "${mclk}Mhz" 0% auto "$power_cap.0W" "$vram_percent%" "$busy%")'
'
}

card() {
  case $devices in '' | *,"$index",*) ;; *) return 0 ;; esac
  if [ "$json" ]; then card_json; else card_line; fi
}

process() {
  asked pids && system="$system, \"PID$1\": \"$2, $3, $4, 0, unknown\""
}

objects= system=
. "$host/run/state"
case $fault in
  hang) exec sleep 1000000 ;;
  driver-mismatch)
    echo 'ERROR:root:Driver not initialized (amdgpu not found in modules)' >&2
    exit 0
    ;;
  garbage) cat "$host/run/garbage" ;;
esac

if [ "$json" ]; then
  asked driverversion && system=", \"Driver version\": \"$driver\"$system"
  [ "$system" ] && objects="$objects${objects:+, }\"system\": {${system#, }}"
  if [ "$objects" ]; then printf '{%s}\n\n' "$objects"; else printf 'WARNING: No JSON data to report\n\n' >&2; fi
  exit 0
fi

heavy='============================================================================================================================'
printf '\n\n============================================= ROCm System Management Interface =============================================\n'
printf '======================================================= Concise Info =======================================================\n'
printf 'Device  Node  IDs              Temp        Power     Partitions          SCLK     MCLK     Fan  Perf  PwrCap  VRAM%%  GPU%%  \n'
printf '\033[3m              (DID,     GUID)  (Junction)  (Socket)  (Mem, Compute, ID)                                                    \033[0m\n'
printf '%s\n%s%s\n' "$heavy" "$objects" "$heavy"
printf '=================================================== End of ROCm SMI Log ====================================================\n\n'
