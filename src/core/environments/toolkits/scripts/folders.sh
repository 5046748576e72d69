# Part of the toolkit survey: folders that may be toolkits, and the evidence in them. Each real folder is looked at once.
seen=$nl
nvcc_hangs=

once() { # kind source name: sets $folder to the real one; false where it was seen already or there is none
  folder=$(readlink -f "$3" 2>/dev/null)
  [ -n "$folder" ] && [ -d "$folder" ] || return 1
  case $seen in
  *"$nl$1 $folder$nl"*)
    links_of "$1" "$3"
    return 1
    ;;
  esac
}

# Looked at from now on.
found() { # kind name
  seen=$seen"$1 $folder$nl"
  links_of "$1" "$2"
}

links_of() { # kind name: each link on the way to the folder
  name=${2%/} steps=0
  while [ "$name" != "$folder" ] && [ "$steps" -lt 8 ]; do
    emit link "$1" "$name" "$folder"
    next=$(readlink "$name") || break
    case $next in /*) name=$next ;; *) name=${name%/*}/$next ;; esac
    steps=$((steps + 1))
  done
}

existing() { # path...: sets $files to those that exist, a line each
  files=
  for file; do
    [ -e "$file" ] && files=$files${files:+$nl}$file
  done
}

# The definitions of versions in headers that exist: FILE:#define NAME VALUE
definitions() { # file...
  grep -s -H -E '^[[:space:]]*#[[:space:]]*define[[:space:]]+(CUDNN_(MAJOR|MINOR|PATCHLEVEL)|NCCL_(MAJOR|MINOR|PATCH)|(NV_TENSORRT|TRT)_(MAJOR|MINOR|PATCH)(_ENTERPRISE)?)[[:space:]]' "$@" | head -n 40
}

cuda_at() { # source name
  once cuda "$1" "$2" || return
  existing "$folder"/lib64/libcudart.so.* "$folder"/lib/libcudart.so.* "$folder"/targets/*/lib/libcudart.so.*
  [ -x "$folder/bin/nvcc" ] || [ -f "$folder/version.json" ] || [ -f "$folder/version.txt" ] || [ -n "$files" ] ||
    [ -f "$folder/include/cuda.h" ] || return
  runtimes=$files
  json=$(head -c 20000 "$folder/version.json" 2>/dev/null)
  first_line "$folder/version.txt"
  version_line=$value
  header=$(grep -s -h -m 1 -E '^#define[[:space:]]+CUDA_VERSION[[:space:]]+[0-9]' \
    "$folder"/include/cuda.h "$folder"/targets/*/include/cuda.h)
  # Starting the compiler is only for where no file tells its version. Where one hangs, others are not tried.
  nvcc= said=
  if [ -x "$folder/bin/nvcc" ]; then
    nvcc=$folder/bin/nvcc
    case $json$nvcc_hangs in
    *cuda_nvcc* | *yes) ;;
    *)
      capture 4 "$nvcc" --version
      said=$text
      [ "$code" = late ] && nvcc_hangs=yes
      ;;
    esac
  fi
  # The HPC SDK keeps NCCL in a folder beside its toolkits, by their versions.
  defined=$(definitions "$folder"/include/cudnn_version.h "$folder"/include/cudnn.h "$folder"/include/nccl.h \
    "$folder"/include/NvInferVersion.h "$folder"/targets/*/include/cudnn_version.h "$folder"/targets/*/include/nccl.h \
    "${folder%/cuda/*}/comm_libs/${folder##*/}/nccl/include/nccl.h")
  existing "$folder"/lib64/libcudnn.so.* "$folder"/lib64/libnccl.so.* "$folder"/lib64/libnvinfer.so.* \
    "$folder"/targets/*/lib/libcudnn.so.* "$folder"/targets/*/lib/libnccl.so.*
  parts=$files
  existing "$folder/lib64" "$folder"/targets/*/lib "$folder/lib"
  emit cuda "$1" "$folder" "$json" "$version_line" "$runtimes" "$header" "$nvcc" "$said" "$defined" "$parts" "$files"
  found cuda "$2"
}

hpc_sdk_at() { # release: the toolkits in one
  for inner in "$1"/cuda/[0-9]*; do
    cuda_at hpcSdk "$inner"
  done
}

rocm_at() { # source name
  once rocm "$1" "$2" || return
  # Beside the folders of its versions /opt/rocm may hold links into one of them, for programs that know no other place.
  inner=$(readlink -f "$folder/bin")
  case $inner in
  "$folder"/core-*/bin)
    emit link rocm "$folder" "${inner%/bin}"
    return
    ;;
  esac
  first_line "$folder/.info/version" || first_line "$folder/.info/version-dev"
  defined=$(grep -s -h -E '^#define[[:space:]]+ROCM_VERSION_(MAJOR|MINOR|PATCH)[[:space:]]' \
    "$folder/include/rocm-core/rocm_version.h" "$folder/include/rocm_version.h" "$folder/include/rocm/rocm_version.h")
  existing "$folder"/lib/libamdhip64.so.* "$folder"/lib64/libamdhip64.so.*
  [ -n "$value$defined$files" ] || [ -x "$folder/bin/hipcc" ] || [ -x "$folder/bin/hipconfig" ] || return
  emit rocm "$1" "$folder" "$value" "$defined" "$files"
  found rocm "$2"
}

choices() { # kind: the folders among which the host's alternatives choose
  alternatives=$(update-alternatives --query "$1" 2>/dev/null || update-alternatives --display "$1" 2>/dev/null)
  [ -n "$alternatives" ] || return
  emit alternatives "$1" "$(printf '%s' "$alternatives" | head -c 8000)"
  set -f
  IFS=$nl
  for line in $alternatives; do
    case $line in
    "Alternative: /"*) line=${line#Alternative: } ;;
    /*" - priority "*) line=${line%% - priority *} ;;
    *) continue ;;
    esac
    set +f
    unset IFS
    "${1}_at" folder "$line"
  done
  unset IFS
  set +f
}

folders() {
  for name in "$root"/usr/local/cuda-* "$root"/usr/local/cuda "$root"/opt/cuda "$root"/opt/cuda-* \
    "$root"/usr/lib/nvidia-cuda-toolkit; do
    cuda_at folder "$name"
  done
  for name in "$root"/opt/nvidia/hpc_sdk/Linux_*/*; do
    hpc_sdk_at "$name"
  done
  for name in "$root"/opt/rocm-* "$root"/opt/rocm; do
    rocm_at folder "$name"
    # From ROCm 7.10 on /opt/rocm holds one folder for each version.
    for inner in "$name"/core-* "$name"/core; do
      rocm_at folder "$inner"
    done
  done
  choices cuda
  choices rocm
  # What the system's own packages bring for every toolkit.
  defined=$(definitions "$root"/usr/include/cudnn_version.h "$root"/usr/include/cudnn.h "$root"/usr/include/nccl.h \
    "$root"/usr/include/*-linux-gnu/cudnn_version*.h "$root"/usr/include/*-linux-gnu/nccl.h \
    "$root"/usr/include/*-linux-gnu/NvInferVersion.h "$root"/usr/include/NvInferVersion.h \
    "$root"/usr/local/TensorRT*/include/NvInferVersion.h "$root"/opt/tensorrt/include/NvInferVersion.h)
  existing "$root"/usr/lib/*-linux-gnu/libcudnn.so.* "$root"/usr/lib/*-linux-gnu/libnccl.so.* \
    "$root"/usr/lib/*-linux-gnu/libnvinfer.so.* "$root"/usr/lib64/libcudnn.so.* "$root"/usr/lib64/libnccl.so.*
  [ -n "$defined$files" ] && emit system "$defined" "$files"
}

# What the login shell's variables and compiler name besides.
named_folders() {
  [ -n "$login_cuda_home" ] && cuda_at folder "$login_cuda_home"
  [ -n "$login_cuda_path" ] && cuda_at folder "$login_cuda_path"
  [ -n "$login_rocm" ] && rocm_at folder "$login_rocm"
  [ -n "$nvcc_target" ] && cuda_at folder "${nvcc_target%/bin/nvcc}"
  :
}
