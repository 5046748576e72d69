# Part of the toolkit survey: what environments carry. Only names of files are looked at.
environment() { # prefix
  existing "$1"/lib/libcudart.so.* "$1"/lib/libcudnn.so.* "$1"/lib/libnccl.so.* "$1"/lib/libnvinfer.so.* "$1"/bin/nvcc \
    "$1"/conda-meta/cuda-cudart-[0-9]*.json "$1"/conda-meta/cudatoolkit-[0-9]*.json "$1"/conda-meta/cuda-version-[0-9]*.json \
    "$1"/conda-meta/cuda-nvcc-[0-9]*.json "$1"/conda-meta/cudnn-[0-9]*.json "$1"/conda-meta/libcudnn-[0-9]*.json \
    "$1"/conda-meta/nccl-[0-9]*.json "$1"/conda-meta/pytorch-[0-9]*.json "$1"/conda-meta/jaxlib-[0-9]*.json \
    "$1"/conda-meta/tensorflow-base-[0-9]*.json "$1"/conda-meta/cupy-[0-9]*.json
  carried=$files
  for site in "$1"/lib/python[0-9]*/site-packages "$1"/lib64/python[0-9]*/site-packages; do
    [ -d "$site" ] || continue
    # lib64 is often a link to lib.
    [ "$1/lib64" -ef "$1/lib" ] 2>/dev/null && case $site in "$1"/lib64/*) continue ;; esac
    existing "$site"/nvidia_*.dist-info "$site"/tensorrt*.dist-info "$site"/torch-[0-9]*.dist-info \
      "$site"/jaxlib-[0-9]*.dist-info "$site"/jax_cuda*_plugin-[0-9]*.dist-info "$site"/tensorflow-[0-9]*.dist-info \
      "$site"/cupy_cuda*.dist-info "$site"/cupy-[0-9]*.dist-info "$site"/rocm_sdk_core-[0-9]*.dist-info \
      "$site"/nvidia/cuda_runtime/lib/libcudart.so.* "$site"/nvidia/cu[0-9]*/lib/libcudart.so.* \
      "$site"/nvidia/cudnn/lib/libcudnn.so.* "$site"/nvidia/nccl/lib/libnccl.so.* \
      "$site"/nvidia/cuda_nvcc/bin/nvcc "$site"/nvidia/cu[0-9]*/bin/nvcc "$site"/_rocm_sdk_core \
      "$site"/torch/lib/libcudart*.so* "$site"/torch/lib/libcudnn*.so.* "$site"/torch/lib/libamdhip64.so* \
      "$site"/torch/lib/libtorch_cuda.so "$site"/torch/lib/libtorch_hip.so
    [ -n "$files" ] && carried=$carried${carried:+$nl}$files
  done
  [ -n "$carried" ] && emit environment "$1" "$carried"
  :
}
