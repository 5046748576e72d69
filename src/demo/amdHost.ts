import type { FileTree } from "./files";
import type { AmdGpus, HostSpec } from "./hosts";
import type { RunningJob } from "./jobs";
import type { Moment } from "./nvidiaHost";
import { chance, hexDigits } from "./random";
import { assignments, call } from "./shellText";
import { memoryOf, readGpu } from "./simulation";

const bytesPerMiB = 1024 ** 2;

/** The board management controller's display is card0, as on most servers, so the GPUs are card1 and up. */
const firstCard = 1;

const device = (bus: string) => `sys/bus/pci/devices/0000:${bus}`;

function gpuId(seed: number, spec: HostSpec, index: number): number {
  return 1000 + Math.floor(60_000 * chance("kfd", seed, spec.name, index));
}

function uniqueId(seed: number, spec: HostSpec, index: number): string {
  return hexDigits(16, "unique", seed, spec.name, index);
}

/** Links of the tree, path to target: `/sys/class/drm/cardN/device` leads to the PCI device, as in the kernel. */
export function amdLinks(amd: AmdGpus): Readonly<Record<string, string>> {
  const links = amd.gpus.map(({ bus }, index) => [
    `sys/class/drm/card${index + firstCard}/device`,
    `../../../bus/pci/devices/0000:${bus}`,
  ]);
  return Object.fromEntries(links);
}

/** Written once: what does not change about the GPUs. */
export function amdFiles(spec: HostSpec, amd: AmdGpus, seed: number): FileTree {
  const bmc = { "sys/class/drm/card0/device/vendor": "0x1a03\n", "sys/class/drm/card0/device/device": "0x2000\n" };
  const cards = amd.gpus.map(({ bus }, index): FileTree => {
    const folder = device(bus);
    const node = `sys/class/kfd/kfd/topology/nodes/${index + 2}`;
    const location = Number.parseInt(bus.slice(0, 2), 16) * 256;
    return {
      [`sys/class/drm/card${index + firstCard}/dev`]: `226:${index + firstCard}\n`,
      [`${folder}/vendor`]: "0x1002\n",
      [`${folder}/device`]: "0x74a1\n",
      [`${folder}/subsystem_vendor`]: "0x1002\n",
      [`${folder}/subsystem_device`]: "0x74a1\n",
      [`${folder}/revision`]: "0x00\n",
      [`${folder}/class`]: "0x120000\n",
      [`${folder}/uevent`]: `DRIVER=amdgpu\nPCI_CLASS=120000\nPCI_ID=1002:74A1\nPCI_SUBSYS_ID=1002:74A1\nPCI_SLOT_NAME=0000:${bus}\n`,
      [`${folder}/unique_id`]: `${uniqueId(seed, spec, index)}\n`,
      [`${folder}/vbios_version`]: `${amd.model.vbios}\n`,
      [`${folder}/current_link_speed`]: "32.0 GT/s PCIe\n",
      [`${folder}/max_link_speed`]: "32.0 GT/s PCIe\n",
      [`${folder}/current_link_width`]: "16\n",
      [`${folder}/max_link_width`]: "16\n",
      [`${folder}/numa_node`]: `${Math.floor(index / 2)}\n`,
      [`${folder}/power/runtime_status`]: "active\n",
      [`${folder}/power_dpm_force_performance_level`]: "auto\n",
      [`${folder}/ras/umc_err_count`]: "ue: 0\nce: 0\n",
      [`${folder}/mem_info_vram_total`]: `${amd.model.memoryMiB * bytesPerMiB}\n`,
      [`${folder}/hwmon/hwmon${index + 4}/name`]: "amdgpu\n",
      [`${folder}/hwmon/hwmon${index + 4}/temp2_label`]: "junction\n",
      [`${folder}/hwmon/hwmon${index + 4}/temp2_crit`]: "100000\n",
      [`${folder}/hwmon/hwmon${index + 4}/temp3_label`]: "mem\n",
      [`${folder}/hwmon/hwmon${index + 4}/power1_label`]: "PPT\n",
      [`${folder}/hwmon/hwmon${index + 4}/power1_cap`]: `${amd.model.powerLimitWatts * 1e6}\n`,
      [`${folder}/hwmon/hwmon${index + 4}/power1_cap_max`]: `${amd.model.powerLimitWatts * 1e6}\n`,
      [`${folder}/hwmon/hwmon${index + 4}/freq1_label`]: "sclk\n",
      [`${folder}/hwmon/hwmon${index + 4}/freq2_label`]: "mclk\n",
      [`${node}/gpu_id`]: `${gpuId(seed, spec, index)}\n`,
      [`${node}/name`]: "ip discovery\n",
      [`${node}/properties`]: `simd_count 1216\ngfx_target_version 90402\nvendor_id 4098\ndevice_id 29857\nlocation_id ${location}\ndomain 0\ndrm_render_minor ${128 + index}\n`,
    };
  });
  const processors = [0, 1].map((node) => ({
    [`sys/class/kfd/kfd/topology/nodes/${node}/gpu_id`]: "0\n",
    [`sys/class/kfd/kfd/topology/nodes/${node}/properties`]: `cpu_cores_count ${spec.cpu.cores}\nlocation_id 0\n`,
  }));
  return Object.assign({ "sys/module/amdgpu/version": `${amd.driver}\n` }, bmc, ...processors, ...cards);
}

/** What the simulated rocm-smi prints of one GPU. */
export type AmdCard = Readonly<Record<string, string | number>>;

/** The sysfs values of one moment and the state that the simulated rocm-smi prints. A lost GPU has neither. */
export function amdMoment(
  spec: HostSpec,
  amd: AmdGpus,
  moment: Moment,
): { readonly files: FileTree; readonly state: string; readonly cards: readonly AmdCard[] } {
  const cards: AmdCard[] = [];
  const files: Record<string, string> = {};
  const lines: string[] = [];
  amd.gpus.forEach(({ bus }, index) => {
    if (moment.lostGpu === index) return;
    const reading = readGpu(amd.model, index, moment.works, moment.seconds);
    const folder = device(bus);
    const monitor = `${folder}/hwmon/hwmon${index + 4}`;
    const watts = Math.round(reading.watts);
    const usedBytes = reading.memoryUsedMiB * bytesPerMiB;
    files[`${folder}/gpu_busy_percent`] = `${reading.utilizationPercent}\n`;
    files[`${folder}/mem_busy_percent`] = `${reading.memoryUtilizationPercent}\n`;
    files[`${folder}/mem_info_vram_used`] = `${usedBytes}\n`;
    files[`${monitor}/temp2_input`] = `${reading.celsius * 1000}\n`;
    files[`${monitor}/temp3_input`] = `${reading.memoryCelsius * 1000}\n`;
    files[`${monitor}/power1_input`] = `${watts * 1e6}\n`;
    files[`${monitor}/freq1_input`] = `${reading.clockMhz * 1e6}\n`;
    files[`${monitor}/freq2_input`] = `${reading.memoryClockMhz * 1e6}\n`;
    files[`${folder}/pp_dpm_sclk`] =
      `0: ${amd.model.idleClockMhz}Mhz\n1: ${reading.clockMhz}Mhz *\n2: ${amd.model.maxClockMhz}Mhz\n`;
    files[`${folder}/pp_dpm_mclk`] = `0: 900Mhz\n1: 1100Mhz\n2: 1200Mhz\n3: ${reading.memoryClockMhz}Mhz *\n`;
    const values = {
      index,
      node: index + 2,
      name: amd.model.name,
      device_id: amd.model.deviceId,
      guid: gpuId(moment.seed, spec, index),
      unique_id: uniqueId(moment.seed, spec, index),
      bus: `0000:${bus.toUpperCase()}`,
      junction: reading.celsius,
      memory_celsius: reading.memoryCelsius,
      power: watts,
      power_cap: amd.model.powerLimitWatts,
      sclk: reading.clockMhz,
      mclk: reading.memoryClockMhz,
      busy: reading.utilizationPercent,
      memory_busy: reading.memoryUtilizationPercent,
      activity: 1_000_000 + Math.round(moment.seconds * 10),
      vram_percent: Math.round((100 * reading.memoryUsedMiB) / amd.model.memoryMiB),
      vram_total: amd.model.memoryMiB * bytesPerMiB,
      vram_used: usedBytes,
    };
    cards.push(values);
    lines.push(assignments(values), "card");
  });
  for (const job of moment.jobs) {
    const { name, gpus, bytes } = computeProcess(job, moment.seconds);
    lines.push(call("process", job.pid, name, gpus, bytes));
  }
  return { files, state: `${lines.join("\n")}\n`, cards };
}

/** A job's process as rocm-smi shows it: its short name, how many GPUs it uses and its memory on all of them. */
export function computeProcess(job: RunningJob, seconds: number) {
  return {
    name: (job.turn.program.argv[0].split("/").at(-1) ?? "").slice(0, 15),
    gpus: job.places.length,
    bytes: memoryOf(job, seconds) * bytesPerMiB * job.places.length,
  };
}

/** What the kernel's compute driver tells about a job's process: its memory on each GPU. */
export function computeProcessFiles(spec: HostSpec, moment: Moment): FileTree {
  const files: Record<string, string> = {};
  for (const job of moment.jobs) {
    for (const place of job.places) {
      const path = `sys/class/kfd/kfd/proc/${job.pid}/vram_${gpuId(moment.seed, spec, place.gpu)}`;
      files[path] = `${memoryOf(job, moment.seconds) * bytesPerMiB}\n`;
    }
  }
  return files;
}
