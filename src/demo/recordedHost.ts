import type { Disposable } from "../core/lifecycle";
import { amdFiles, amdMoment, computeProcessFiles } from "./amdHost";
import type { FileTree } from "./files";
import { toolTime } from "./host";
import type { HostSpec } from "./hosts";
import { madeUpProcesses, startJobs } from "./jobs";
import { counterFiles, machineFiles, processFiles } from "./machine";
import { type Moment, nvidiaFiles } from "./nvidiaHost";
import type { FaultKind } from "./protocol";

/** A simulated machine that exists in memory only: no files, no processes, the same simulation. */
export interface RecordedHost extends Disposable {
  readonly spec: HostSpec;
  moment(): Moment;
  /** All that the machine's files would hold at this moment, by their path below its root. */
  files(): FileTree;
  /** False: this fault needs tools that really run. */
  setFault(fault: FaultKind, gpu: number | undefined): boolean;
}

/** Builds the machine. `startedAt`: milliseconds since the epoch. */
export function createRecordedHost(spec: HostSpec, seed: number, startedAt: number): RecordedHost {
  const seconds = () => (Date.now() - startedAt) / 1000;
  const jobs = startJobs(spec, seed, seconds, madeUpProcesses(), () => undefined);
  const fixed = { ...machineFiles(seed, spec), ...driverFiles(spec, seed) };
  let lostGpu: number | undefined;

  function moment(): Moment {
    const now = seconds();
    jobs.advance(now);
    const timestamp = toolTime(new Date(startedAt + now * 1000));
    return { seed, seconds: now, timestamp, jobs: jobs.running(), works: jobs.works(), lostGpu };
  }

  return {
    spec,
    moment,
    files() {
      const now = moment();
      const processes = now.jobs.map(({ pid, user, turn }) =>
        processFiles(seed, spec, { pid, user, argv: turn.program.argv, start: turn.start }, now.seconds),
      );
      const amd = spec.gpus?.vendor === "amd" ? spec.gpus : undefined;
      return Object.assign(
        {},
        fixed,
        counterFiles(seed, spec, startedAt, now.seconds, now.jobs.length),
        ...processes,
        amd ? { ...amdMoment(spec, amd, now).files, ...computeProcessFiles(spec, now) } : {},
      );
    },
    setFault(fault, gpu) {
      if (fault !== "none" && fault !== "gpu-lost" && fault !== "cut") return false;
      lostGpu = fault === "gpu-lost" ? (gpu ?? 0) : undefined;
      return true;
    },
    dispose: () => jobs.dispose(),
  };
}

function driverFiles(spec: HostSpec, seed: number): FileTree {
  switch (spec.gpus?.vendor) {
    case "nvidia":
      return nvidiaFiles(spec, spec.gpus);
    case "amd":
      return amdFiles(spec, spec.gpus, seed);
    case undefined:
      return {};
  }
}
