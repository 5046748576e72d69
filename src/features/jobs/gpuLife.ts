import type { Gpu, HostReport } from "../../shared/gpu";
import type { PanelHistory } from "../../shared/gpuPanel";
import type { JobGpuReadings, JobGpus } from "../../shared/jobPanel";
import type { JobGpu } from "../../shared/jobs";

/** What the client saw of a job's GPUs, from the first look to now, in bounded memory. */
export interface GpuLife {
  /** What was sampled before this began; only before the first `add`. */
  seed(history: PanelHistory, since: number): void;
  /** Milliseconds since the epoch on the client. */
  add(time: number, report: HostReport): void;
  /** What follows does not continue what was. */
  breakOff(): void;
  readings(): Pick<JobGpus, "times" | "gpus">;
}

const capacity = 1200;

type Value = number | null;

interface Track {
  readonly wanted: JobGpu;
  known: Pick<JobGpuReadings, "name" | "index" | "memoryTotalBytes">;
  utilization: Value[];
  memory: Value[];
}

/** Beyond `capacity` points neighbours are averaged, so that the whole life stays. */
export function createGpuLife(wanted: readonly JobGpu[]): GpuLife {
  let times: number[] = [];
  let broken = false;
  const tracks: Track[] = wanted.map((one) => ({ wanted: one, known: {}, utilization: [], memory: [] }));

  function halve(): void {
    if (times.length <= capacity) return;
    times = times.filter((_, at) => at % 2 === 0);
    for (const track of tracks) {
      track.utilization = averaged(track.utilization);
      track.memory = averaged(track.memory);
    }
  }

  function push(time: number, values: readonly { utilization: Value; memory: Value }[]): void {
    times.push(time);
    tracks.forEach((track, place) => {
      track.utilization.push(values[place]?.utilization ?? null);
      track.memory.push(values[place]?.memory ?? null);
    });
    halve();
  }

  return {
    seed(history, since) {
      const found = tracks.map(({ wanted: { index } }) => history.gpus.find((gpu) => gpu.index === index));
      history.times.forEach((time, at) => {
        if (time < since) return;
        push(
          time,
          found.map((gpu) => ({
            utilization: gpu?.utilizationPercent[at] ?? null,
            memory: gpu?.memoryUsedBytes[at] ?? null,
          })),
        );
      });
    },
    add(time, report) {
      const last = times.at(-1);
      if (last !== undefined && time <= last) return;
      if (broken && last !== undefined) push(last + 1, []);
      broken = false;
      const gpus = tracks.map(({ wanted: one }) => gpuOf(report.gpus, one));
      gpus.forEach((gpu, place) => {
        const track = tracks[place];
        if (!gpu || !track) return;
        track.known = {
          index: gpu.index,
          ...(gpu.name === undefined ? {} : { name: gpu.name }),
          ...(gpu.memoryTotalBytes === undefined ? {} : { memoryTotalBytes: gpu.memoryTotalBytes }),
        };
      });
      push(
        time,
        gpus.map((gpu) => ({ utilization: gpu?.utilizationPercent ?? null, memory: gpu?.memoryUsedBytes ?? null })),
      );
    },
    breakOff() {
      broken = true;
    },
    readings: () => ({
      times: [...times],
      gpus: tracks.map(({ wanted: { index }, known, utilization, memory }) => ({
        ...(index === undefined ? {} : { index }),
        ...known,
        utilizationPercent: [...utilization],
        memoryUsedBytes: [...memory],
      })),
    }),
  };
}

/** By UUID where the job knows it: indices may be another vendor's. */
function gpuOf(gpus: readonly Gpu[], { uuid, index }: JobGpu): Gpu | undefined {
  const byUuid = uuid === undefined ? undefined : gpus.find((gpu) => gpu.uuid === uuid);
  return byUuid ?? gpus.find((gpu) => gpu.index === index);
}

/** Means of pairs; a gap stays a gap. */
function averaged(values: readonly Value[]): Value[] {
  const halves: Value[] = [];
  for (let at = 0; at < values.length; at += 2) {
    const one = values[at] ?? null;
    const other = values[at + 1] ?? null;
    halves.push(one === null || (other === null && at + 1 < values.length) ? null : (one + (other ?? one)) / 2);
  }
  return halves;
}
