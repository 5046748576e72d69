/** What one kind of GPU is, in the units the tools print. */
export interface GpuModel {
  readonly name: string;
  readonly memoryMiB: number;
  /** Memory that the driver keeps for itself and never reports as used. */
  readonly reservedMiB: number;
  /** Memory reported as used with no process on it. */
  readonly restingMemoryMiB: number;
  readonly idleWatts: number;
  readonly powerLimitWatts: number;
  readonly minPowerLimitWatts: number;
  readonly idleClockMhz: number;
  readonly maxClockMhz: number;
  readonly memoryClockMhz: number;
  /** The memory clock falls too while no process is on it. */
  readonly memoryClockSleeps: boolean;
  readonly videoClockMhz: number;
  /** Temperatures at no power and at the power limit. */
  readonly coolCelsius: number;
  readonly hotCelsius: number;
  readonly fan: boolean;
  readonly ecc: boolean;
  readonly pcieGeneration: number;
  /** PCI ids as hexadecimal digits, device before vendor as nvidia-smi prints them. */
  readonly deviceId: string;
  readonly subsystemId: string;
  readonly architecture: string;
  readonly brand: string;
  readonly computeCapability: string;
  readonly vbios: string;
}

/** A slice of a GPU in MIG mode. */
export interface MigInstance {
  readonly gpuInstance: number;
  readonly profile: string;
  readonly memoryMiB: number;
  readonly multiprocessors: number;
  readonly slices: number;
}

export interface GpuSpec {
  /** `1a:00.0`: bus, device and function in PCI domain 0. */
  readonly bus: string;
  /** Present: MIG mode is on. */
  readonly mig?: readonly MigInstance[];
}

export const h100: GpuModel = {
  name: "NVIDIA H100 80GB HBM3",
  memoryMiB: 81559,
  reservedMiB: 480,
  restingMemoryMiB: 0,
  idleWatts: 69,
  powerLimitWatts: 700,
  minPowerLimitWatts: 200,
  idleClockMhz: 345,
  maxClockMhz: 1980,
  memoryClockMhz: 2619,
  memoryClockSleeps: false,
  videoClockMhz: 1545,
  coolCelsius: 25,
  hotCelsius: 71,
  fan: false,
  ecc: true,
  pcieGeneration: 5,
  deviceId: "233010DE",
  subsystemId: "16C110DE",
  architecture: "Hopper",
  brand: "NVIDIA",
  computeCapability: "9.0",
  vbios: "96.00.99.00.01",
};

export const rtx4090: GpuModel = {
  name: "NVIDIA GeForce RTX 4090",
  memoryMiB: 24564,
  reservedMiB: 343,
  restingMemoryMiB: 14,
  idleWatts: 18,
  powerLimitWatts: 450,
  minPowerLimitWatts: 150,
  idleClockMhz: 210,
  maxClockMhz: 2760,
  memoryClockMhz: 10501,
  memoryClockSleeps: true,
  videoClockMhz: 2415,
  coolCelsius: 29,
  hotCelsius: 79,
  fan: true,
  ecc: false,
  pcieGeneration: 4,
  deviceId: "268410DE",
  subsystemId: "40E31458",
  architecture: "Ada Lovelace",
  brand: "GeForce",
  computeCapability: "8.9",
  vbios: "95.02.18.80.87",
};

export const mi300x: GpuModel = {
  name: "AMD Instinct MI300X",
  memoryMiB: 196592,
  reservedMiB: 0,
  restingMemoryMiB: 290,
  idleWatts: 131,
  powerLimitWatts: 750,
  minPowerLimitWatts: 0,
  idleClockMhz: 132,
  maxClockMhz: 2100,
  memoryClockMhz: 1300,
  memoryClockSleeps: false,
  videoClockMhz: 0,
  coolCelsius: 28,
  hotCelsius: 92,
  fan: false,
  ecc: true,
  pcieGeneration: 5,
  deviceId: "74a11002",
  subsystemId: "74a11002",
  architecture: "gfx942",
  brand: "AMD Instinct",
  computeCapability: "",
  vbios: "113-M3000100-103",
};

export const oneSlice = { profile: "1g.10gb", memoryMiB: 9984, multiprocessors: 16, slices: 1 };
export const threeSlices = { profile: "3g.40gb", memoryMiB: 40448, multiprocessors: 60, slices: 3 };
