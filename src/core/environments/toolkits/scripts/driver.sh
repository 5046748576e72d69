# Part of the toolkit survey: the drivers and their GPUs. What needs no tool is read first: a tool may hang with its driver.
driver() {
  first_line "$root/proc/driver/nvidia/version" && emit kernel "$value"
  for file in "$root"/proc/driver/nvidia/gpus/*/information; do
    [ -r "$file" ] && emit card "$(sed -n 's/^Model:[[:space:]]*//p' "$file" 2>/dev/null | head -n 1)"
  done
  first_line "$root/sys/module/amdgpu/version" && emit amdgpu "$value"
  for node in "$root"/sys/class/kfd/kfd/topology/nodes/*; do
    target=$(sed -n 's/^gfx_target_version //p; s/^drm_render_minor /render /p' "$node/properties" 2>/dev/null)
    [ -n "$target" ] || continue
    first_line "$root/sys/class/drm/renderD${target##*render }/device/product_name" || value=
    emit kfd "${node##*/}" "$target" "$value"
  done
  command -v nvidia-smi >/dev/null 2>&1 || return
  capture 8 nvidia-smi --query-gpu=index,name,driver_version,compute_cap --format=csv,noheader
  # Drivers older than 510 refuse the last field with exit code 2.
  [ "$code" = 2 ] && capture 8 nvidia-smi --query-gpu=index,name,driver_version --format=csv,noheader
  emit smi "$code" "$text"
  [ "$code" = 0 ] || return
  capture 4 nvidia-smi --version
  emit limit "$code" "$text"
}
