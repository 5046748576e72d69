# One <gpu> of the document. Read by nvidia-smi-xml for every GPU, never run.
out="$out$tabs<gpu id=\"$gpu_pci_bus_id\">$newline"
tabs="$tabs	"
tag product_name "$gpu_name"
tag product_brand "$brand"
tag product_architecture "$architecture"
tag display_mode "$gpu_display_mode"
tag display_attached No
tag display_active "$gpu_display_active"
tag persistence_mode "$gpu_persistence_mode"
tag addressing_mode "$gpu_addressing_mode"
open mig_mode
tag current_mig "$gpu_mig_mode_current"
tag pending_mig "$gpu_mig_mode_pending"
close mig_mode
open mig_devices
if [ "$slices" ]; then
  while read -r number instance used total cores share; do
    [ "$number" ] && slice "$number" "$instance" "$used" "$total" "$cores" "$share"
  done <<LIST
$slices
LIST
else
  out="$out${tabs}None$newline"
fi
close mig_devices
tag accounting_mode "$gpu_accounting_mode"
tag accounting_mode_buffer_size 4000
open driver_model
none current_dm pending_dm
close driver_model
tag serial "$gpu_serial"
tag uuid "$gpu_uuid"
tag minor_number "$gpu_order"
tag vbios_version "$gpu_vbios_version"
tag multigpu_board No
none board_part_number gpu_part_number gpu_fru_part_number
open inforom_version
none img_version oem_object ecc_object pwr_object
close inforom_version
open gpu_virtualization_mode
tag virtualization_mode None
none host_vgpu_mode vgpu_heterogeneous_mode
close gpu_virtualization_mode
if [ "$gpu_gpu_recovery_action" ]; then
  tag gpu_recovery_action "$gpu_gpu_recovery_action"
else
  open gpu_reset_status
  tag reset_required 'Requested functionality has been deprecated'
  tag drain_and_reset_recommended 'Requested functionality has been deprecated'
  close gpu_reset_status
  tag gpu_recovery_action None
fi
tag gsp_firmware_version "$driver"
open pci
tag pci_bus "${gpu_pci_bus#0x}"
tag pci_device "${gpu_pci_device#0x}"
tag pci_domain "${gpu_pci_domain#0x}"
tag pci_device_id "${gpu_pci_device_id#0x}"
tag pci_bus_id "$gpu_pci_bus_id"
tag pci_sub_system_id "${gpu_pci_sub_device_id#0x}"
open pci_gpu_link_info
open pcie_gen
tag max_link_gen "$gpu_pcie_link_gen_max"
tags_with "$gpu_pcie_link_gen_current" current_link_gen device_current_link_gen max_device_link_gen
tag max_host_link_gen "$gpu_pcie_link_gen_hostmax"
close pcie_gen
open link_widths
tag max_link_width "${gpu_pcie_link_width_max}x"
tag current_link_width "${gpu_pcie_link_width_current}x"
close link_widths
close pci_gpu_link_info
tag replay_counter 0
tag replay_rollover_counter 0
tag tx_util '502 KB/s'
tag rx_util '578 KB/s'
close pci
tag fan_speed "$gpu_fan_speed"
tag performance_state "$gpu_pstate"
open clocks_event_reasons
tag clocks_event_reason_gpu_idle "$gpu_clocks_event_reasons_gpu_idle"
tag clocks_event_reason_applications_clocks_setting 'Not Active'
tag clocks_event_reason_sw_power_cap "$gpu_clocks_event_reasons_sw_power_cap"
tags_with 'Not Active' clocks_event_reason_hw_slowdown clocks_event_reason_hw_thermal_slowdown \
  clocks_event_reason_hw_power_brake_slowdown clocks_event_reason_sync_boost \
  clocks_event_reason_sw_thermal_slowdown clocks_event_reason_display_clocks_setting
close clocks_event_reasons
open fb_memory_usage
tag total "$gpu_memory_total"
tag reserved "$gpu_memory_reserved"
tag used "$gpu_memory_used"
tag free "$gpu_memory_free"
close fb_memory_usage
tag compute_mode "$gpu_compute_mode"
open utilization
tag gpu_util "$gpu_utilization_gpu"
tag memory_util "$gpu_utilization_memory"
tags_with "$gpu_utilization_encoder" encoder_util decoder_util jpeg_util ofa_util
close utilization
open ecc_mode
tag current_ecc "$gpu_ecc_mode_current"
tag pending_ecc "$gpu_ecc_mode_pending"
close ecc_mode
open ecc_errors
for span in volatile aggregate; do
  open $span
  tag sram_correctable "$gpu_ecc_errors_corrected_volatile_sram"
  tags_with "$gpu_ecc_errors_uncorrected_volatile_sram" sram_uncorrectable_parity sram_uncorrectable_secded
  tag dram_correctable "$gpu_ecc_errors_corrected_volatile_dram"
  tag dram_uncorrectable "$gpu_ecc_errors_uncorrected_volatile_dram"
  close $span
done
close ecc_errors
open remapped_rows
tag remapped_row_corr "$gpu_remapped_rows_correctable"
tag remapped_row_unc "$gpu_remapped_rows_uncorrectable"
tag remapped_row_pending "$gpu_remapped_rows_pending"
tag remapped_row_failure "$gpu_remapped_rows_failure"
close remapped_rows
open temperature
case $gpu_temperature_gpu in [0-9]*) tag gpu_temp "$gpu_temperature_gpu C" ;; *) tag gpu_temp "$gpu_temperature_gpu" ;; esac
case $gpu_temperature_gpu_tlimit in
  [0-9]*) tag gpu_temp_tlimit "$gpu_temperature_gpu_tlimit C" ;;
  *) tag gpu_temp_tlimit "$gpu_temperature_gpu_tlimit" ;;
esac
tag gpu_temp_max_tlimit_threshold '-8 C'
tag gpu_temp_slow_tlimit_threshold '-2 C'
case $gpu_temperature_memory in [0-9]*) tag memory_temp "$gpu_temperature_memory C" ;; *) none memory_temp ;; esac
close temperature
open gpu_power_readings
tag power_state "$gpu_pstate"
tag average_power_draw "$gpu_power_draw_average"
tag instant_power_draw "$gpu_power_draw_instant"
tag current_power_limit "$gpu_enforced_power_limit"
tag requested_power_limit "$gpu_power_limit"
tag default_power_limit "$gpu_power_default_limit"
tag min_power_limit "$gpu_power_min_limit"
tag max_power_limit "$gpu_power_max_limit"
close gpu_power_readings
open module_power_readings
none power_state average_power_draw instant_power_draw current_power_limit
close module_power_readings
open clocks
tag graphics_clock "$gpu_clocks_current_graphics"
tag sm_clock "$gpu_clocks_current_sm"
tag mem_clock "$gpu_clocks_current_memory"
tag video_clock "$gpu_clocks_current_video"
close clocks
open max_clocks
tag graphics_clock "$gpu_clocks_max_graphics"
tag sm_clock "$gpu_clocks_max_sm"
tag mem_clock "$gpu_clocks_max_memory"
tag video_clock "$video_clock MHz"
close max_clocks
out="$out		<processes>$newline$running		</processes>
		<accounted_processes>
		</accounted_processes>$newline"
close gpu
