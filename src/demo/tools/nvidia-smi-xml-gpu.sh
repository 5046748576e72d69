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
open inforom_bbx_flush
none latest_timestamp latest_duration
close inforom_bbx_flush
open gpu_operation_mode
none current_gom pending_gom
close gpu_operation_mode
tag c2c_mode Disabled
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
open ibmnpu
none relaxed_ordering_mode
close ibmnpu
open pci
tag pci_bus "${gpu_pci_bus#0x}"
tag pci_device "${gpu_pci_device#0x}"
tag pci_domain "${gpu_pci_domain#0x}"
tag pci_base_class 3
tag pci_sub_class 2
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
open pci_bridge_chip
none bridge_chip_type bridge_chip_fw
close pci_bridge_chip
tag replay_counter 0
tag replay_rollover_counter 0
tag tx_util '502 KB/s'
tag rx_util '578 KB/s'
none atomic_caps_outbound atomic_caps_inbound
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
open clocks_event_reasons_counters
tags_with '0 us' clocks_event_reasons_counters_sw_power_cap clocks_event_reasons_counters_sync_boost \
  clocks_event_reasons_counters_sw_therm_slowdown clocks_event_reasons_counters_hw_therm_slowdown \
  clocks_event_reasons_counters_hw_power_brake
close clocks_event_reasons_counters
tag sparse_operation_mode Disabled
open fb_memory_usage
tag total "$gpu_memory_total"
tag reserved "$gpu_memory_reserved"
tag used "$gpu_memory_used"
tag free "$gpu_memory_free"
close fb_memory_usage
open bar1_memory_usage
tag total '131072 MiB'
tag used '1 MiB'
tag free '131071 MiB'
close bar1_memory_usage
open cc_protected_memory_usage
tags_with '0 MiB' total used free
close cc_protected_memory_usage
tag compute_mode "$gpu_compute_mode"
open utilization
tag gpu_util "$gpu_utilization_gpu"
tag memory_util "$gpu_utilization_memory"
tags_with "$gpu_utilization_encoder" encoder_util decoder_util jpeg_util ofa_util
close utilization
for section in encoder_stats fbc_stats; do
  open $section
  tags_with 0 session_count average_fps average_latency
  close $section
done
open dram_encryption_mode
none current_dram_encryption pending_dram_encryption
close dram_encryption_mode
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
open retired_pages
for section in multiple_single_bit_retirement double_bit_retirement; do
  open $section
  none retired_count retired_pagelist
  close $section
done
none pending_blacklist pending_retirement
close retired_pages
open remapped_rows
tag remapped_row_corr "$gpu_remapped_rows_correctable"
tag remapped_row_unc "$gpu_remapped_rows_uncorrectable"
tag remapped_row_pending "$gpu_remapped_rows_pending"
tag remapped_row_failure "$gpu_remapped_rows_failure"
open row_remapper_histogram
tag row_remapper_histogram_max '2560 bank(s)'
tags_with '0 bank(s)' row_remapper_histogram_high row_remapper_histogram_partial row_remapper_histogram_low \
  row_remapper_histogram_none
close row_remapper_histogram
close remapped_rows
open temperature
case $gpu_temperature_gpu in [0-9]*) tag gpu_temp "$gpu_temperature_gpu C" ;; *) tag gpu_temp "$gpu_temperature_gpu" ;; esac
case $gpu_temperature_gpu_tlimit in
  [0-9]*) tag gpu_temp_tlimit "$gpu_temperature_gpu_tlimit C" ;;
  *) tag gpu_temp_tlimit "$gpu_temperature_gpu_tlimit" ;;
esac
tag gpu_temp_max_tlimit_threshold '-8 C'
tag gpu_temp_slow_tlimit_threshold '-2 C'
tag gpu_temp_max_gpu_tlimit_threshold '0 C'
none gpu_target_temperature
case $gpu_temperature_memory in [0-9]*) tag memory_temp "$gpu_temperature_memory C" ;; *) none memory_temp ;; esac
close temperature
open supported_gpu_target_temp
none gpu_target_temp_min gpu_target_temp_max
close supported_gpu_target_temp
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
open gpu_memory_power_readings
none average_power_draw instant_power_draw
close gpu_memory_power_readings
open module_power_readings
none power_state average_power_draw instant_power_draw current_power_limit requested_power_limit default_power_limit \
  min_power_limit max_power_limit
close module_power_readings
none power_smoothing
open power_profiles
none power_profile_requested_profiles power_profile_enforced_profiles
close power_profiles
open clocks
tag graphics_clock "$gpu_clocks_current_graphics"
tag sm_clock "$gpu_clocks_current_sm"
tag mem_clock "$gpu_clocks_current_memory"
tag video_clock "$gpu_clocks_current_video"
close clocks
for section in applications_clocks default_applications_clocks; do
  open $section
  tag graphics_clock "$gpu_clocks_max_graphics"
  tag mem_clock "$gpu_clocks_max_memory"
  close $section
done
open deferred_clocks
none mem_clock
close deferred_clocks
open max_clocks
tag graphics_clock "$gpu_clocks_max_graphics"
tag sm_clock "$gpu_clocks_max_sm"
tag mem_clock "$gpu_clocks_max_memory"
tag video_clock "$video_clock MHz"
close max_clocks
open max_customer_boost_clocks
tag graphics_clock "$gpu_clocks_max_graphics"
close max_customer_boost_clocks
open clock_policy
none auto_boost auto_boost_default
close clock_policy
open fabric
none state status cliqueId clusterUuid
close fabric
open supported_clocks
open supported_mem_clock
tag value "$gpu_clocks_max_memory"
tag supported_graphics_clock "$gpu_clocks_max_graphics"
close supported_mem_clock
close supported_clocks
out="$out		<processes>$newline$running		</processes>
		<accounted_processes>
		</accounted_processes>$newline"
open capabilities
tag egm disabled
close capabilities
close gpu
