import type { FileTree } from "./files";
import type { HostSpec, NvidiaGpus } from "./hosts";
import type { RunningJob } from "./jobs";
import { fieldsText, helpText, type ShownGpu, stateText } from "./nvidiaState";
import { chance, uuidOf } from "./random";
import { memoryOf, readGpu, type Work } from "./simulation";

/** A moment of a simulated host, for the files that its tools read. */
export interface Moment {
  readonly seed: number;
  readonly seconds: number;
  /** The host's local time, `2026/07/14 09:00:27.792`. */
  readonly timestamp: string;
  readonly jobs: readonly RunningJob[];
  readonly works: readonly Work[];
  readonly lostGpu: number | undefined;
}

/** Written once: the field table of this driver and the device files. */
export function nvidiaFiles(spec: HostSpec, nvidia: NvidiaGpus): FileTree {
  const devices = nvidia.gpus.map(({ bus }) => {
    const folder = `sys/bus/pci/devices/0000:${bus}`;
    return {
      [`${folder}/vendor`]: "0x10de\n",
      [`${folder}/device`]: `0x${nvidia.model.deviceId.slice(0, 4).toLowerCase()}\n`,
      [`${folder}/class`]: nvidia.model.ecc ? "0x030200\n" : "0x030000\n",
      [`${folder}/power/runtime_status`]: "active\n",
    };
  });
  return {
    "run/fields": fieldsText(nvidia.driver),
    "run/help-query-gpu": helpText(nvidia.driver),
    "proc/driver/nvidia/version":
      `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  ${nvidia.driver}  Release Build\n` +
      `GCC version:  gcc, simulated on ${spec.name}\n`,
    "sys/module/nvidia/version": `${nvidia.driver}\n`,
    ...Object.assign({}, ...devices),
  };
}

/** The UUID of a GPU of this host. */
export function gpuUuid(spec: HostSpec, seed: number, gpu: number): string {
  return `GPU-${uuidOf(seed, spec.name, gpu, "gpu")}`;
}

/** The UUID of a MIG slice of this host. */
export function migUuid(spec: HostSpec, seed: number, gpu: number, gpuInstance: number): string {
  return `MIG-${uuidOf(seed, spec.name, gpu, "mig", gpuInstance)}`;
}

/** The state that the simulated nvidia-smi prints. */
export function nvidiaState(spec: HostSpec, nvidia: NvidiaGpus, moment: Moment): string {
  return stateText(nvidiaShown(spec, nvidia, moment), nvidia.driver);
}

/** The GPUs of a moment with what runs on them. */
export function nvidiaShown(spec: HostSpec, nvidia: NvidiaGpus, moment: Moment): readonly ShownGpu[] {
  return nvidia.gpus.map((gpu, index): ShownGpu => {
    const reading = readGpu(nvidia.model, index, moment.works, moment.seconds);
    const here = moment.jobs.flatMap((job) =>
      job.places.filter((place) => place.gpu === index).map((place) => ({ job, mig: place.mig })),
    );
    return {
      view: {
        index,
        count: nvidia.gpus.length,
        model: nvidia.model,
        driver: nvidia.driver,
        bus: `00000000:${gpu.bus.toUpperCase()}`,
        uuid: gpuUuid(spec, moment.seed, index),
        serial: String(1_650_000_000_000 + Math.floor(9_999_999_999 * chance("serial", moment.seed, spec.name, index))),
        migEnabled: gpu.mig !== undefined,
        reading,
        timestamp: moment.timestamp,
      },
      lost: moment.lostGpu === index,
      mig: (gpu.mig ?? []).map((instance) => {
        const used = here.filter(({ mig }) => mig === instance.gpuInstance);
        return {
          ...instance,
          uuid: migUuid(spec, moment.seed, index, instance.gpuInstance),
          usedMiB: used.reduce((sum, { job }) => sum + memoryOf(job, moment.seconds), 9 * instance.slices),
          totalMiB: instance.memoryMiB,
        };
      }),
      processes: here.map(({ job, mig }) => ({
        pid: job.pid,
        name: job.turn.program.argv[0],
        memoryMiB: memoryOf(job, moment.seconds),
        ...(mig === undefined ? {} : { gpuInstance: mig }),
      })),
    };
  });
}
