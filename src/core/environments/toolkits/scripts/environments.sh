# Part of the toolkit survey: what environments carry. Only names of files are looked at, and told below the prefix.
carried_in() { # prefix
  cd "$1" 2>/dev/null || return
  existing lib/libcudart.so.* lib/libcudnn.so.* lib/libnccl.so.* lib/libnvinfer.so.* bin/nvcc \
    conda-meta/cuda-cudart-[0-9]*.json conda-meta/cudatoolkit-[0-9]*.json \
    conda-meta/cuda-nvcc-[0-9]*.json conda-meta/cudnn-[0-9]*.json conda-meta/libcudnn-[0-9]*.json \
    conda-meta/nccl-[0-9]*.json conda-meta/pytorch-[0-9]*.json conda-meta/jaxlib-[0-9]*.json \
    conda-meta/tensorflow-base-[0-9]*.json conda-meta/cupy-[0-9]*.json
  carried=$files
  for site in lib/python[0-9]*/site-packages lib64/python[0-9]*/site-packages; do
    [ -d "$site" ] || continue
    # lib64 is often a link to lib.
    case $site in lib64/*) [ lib64 -ef lib ] && continue ;; esac
    existing "$site"/nvidia_cuda_runtime*.dist-info "$site"/nvidia_cuda_nvcc*.dist-info \
      "$site"/nvidia_cudnn*.dist-info "$site"/nvidia_nccl*.dist-info "$site"/tensorrt*.dist-info \
      "$site"/jaxlib-[0-9]*.dist-info "$site"/jax_cuda*_plugin-[0-9]*.dist-info "$site"/tensorflow-[0-9]*.dist-info \
      "$site"/cupy_cuda*.dist-info "$site"/rocm_sdk_core-[0-9]*.dist-info \
      "$site"/nvidia/cuda_runtime/lib/libcudart.so.* "$site"/nvidia/cu[0-9]*/lib/libcudart.so.* \
      "$site"/nvidia/cudnn/lib/libcudnn.so.* "$site"/nvidia/nccl/lib/libnccl.so.* \
      "$site"/nvidia/cu[0-9]*/bin/nvcc "$site"/_rocm_sdk_core \
      "$site"/torch/lib/libcudart*.so* "$site"/torch/lib/libcudnn*.so.* "$site"/torch/lib/libtorch_cuda.so
    [ -n "$files" ] && carried=$carried${carried:+$nl}$files
  done
  [ -n "$carried" ] && emit environment "$1" "$carried"
}
