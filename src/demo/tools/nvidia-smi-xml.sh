# The document of `nvidia-smi -q -x`, DTD version 13 (driver 580) or 12 (570). Read by the simulated nvidia-smi, never run.
tabs='	'
document= out= slices= running=

# Values carry the brackets of the CSV format; the document has none.
plain() {
  case $1 in \[*\]) plain=${1#\[} plain=${plain%\]} ;; *) plain=$1 ;; esac
}

# Keeps a name or a path from being read as markup.
escaped() {
  escaped=
  set -f
  left=$1
  while :; do
    case $left in
      *[\&\<\>]*)
        head=${left%%[&<>]*}
        left=${left#"$head"}
        case $left in '&'*) mark='&amp;' ;; '<'*) mark='&lt;' ;; *) mark='&gt;' ;; esac
        escaped=$escaped$head$mark
        left=${left#?}
        ;;
      *)
        escaped=$escaped$left
        set +f
        return
        ;;
    esac
  done
}

open() {
  out="$out$tabs<$1>$newline"
  tabs="$tabs	"
}

close() {
  tabs=${tabs%?}
  out="$out$tabs</$1>$newline"
}

tag() {
  plain "$2"
  out="$out$tabs<$1>$plain</$1>$newline"
}

# Elements that this GPU does not have a value for.
none() {
  for element; do tag "$element" N/A; done
}

tags_with() {
  value=$1
  shift
  for element; do tag "$element" "$value"; done
}

mig() {
  slices="$slices$1 $2 $5 $6 $7 $8$newline"
}

process() {
  escaped "$4"
  compute=0
  [ "$2" = N/A ] && compute=N/A
  running="$running			<process_info>
				<gpu_instance_id>$2</gpu_instance_id>
				<compute_instance_id>$compute</compute_instance_id>
				<pid>$1</pid>
				<type>C</type>
				<process_name>$escaped</process_name>
				<used_memory>$3 MiB</used_memory>
			</process_info>
"
}

slice() {
  open mig_device
  tag index "$1"
  tag gpu_instance_id "$2"
  tag compute_instance_id 0
  open device_attributes
  open shared
  tag multiprocessor_count "$5"
  tag copy_engine_count "$6"
  tag encoder_count 0
  tag decoder_count "$6"
  tag ofa_count 0
  tag jpg_count "$6"
  close shared
  close device_attributes
  open ecc_error_count
  open volatile_count
  tag sram_uncorrectable 0
  close volatile_count
  close ecc_error_count
  open fb_memory_usage
  tag total "$4 MiB"
  tag reserved '0 MiB'
  tag used "$3 MiB"
  tag free "$(($4 - $3)) MiB"
  close fb_memory_usage
  close mig_device
}

gpu() {
  wanted && found=1 && . "$host/lib/nvidia-smi-xml-gpu"
  # Each GPU's part is put away: appending to a long text copies it.
  document=$document$out
  out= slices= running=
}

tick() {
  . "$host/run/state"
  meet_fault
  [ "$found" ] || usage_error 'No devices were found' 6
  version=13
  case $driver in 5[0-7]*) version=12 ;; esac
  printf '<?xml version="1.0" ?>\n<!DOCTYPE nvidia_smi_log SYSTEM "nvsmi_device_v%s.dtd">\n<nvidia_smi_log>\n' "$version"
  printf '\t<timestamp>%s</timestamp>\n\t<driver_version>%s</driver_version>\n' "$clock" "$driver"
  printf '\t<cuda_version>%s</cuda_version>\n\t<attached_gpus>%s</attached_gpus>\n' "$cuda" "$gpu_count"
  printf '%s\n</nvidia_smi_log>\n' "$document"
  document=
  ticks=$((ticks + 1))
}
