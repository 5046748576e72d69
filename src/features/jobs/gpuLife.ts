import type { Gpu, HostReport } from "../../shared/gpu";
import type { PanelHistory } from "../../shared/gpuPanel";
import type { JobGpuReadings, JobGpus } from "../../shared/jobPanel";
import type { JobGpu } from "../../shared/jobs";

/** What the client saw of a job's GPUs, from the first look to now, in bounded memory. */
export interface GpuLife {
  /** What was sampled for others, from a time on in milliseconds since the epoch. */
  seed(history: PanelHistory, since: number): void;
  /** Milliseconds since the epoch on the client; what is no later than the last one is dropped. */
  add(time: number, report: HostReport): void;
  readings(): SeenGpus;
}

export type SeenGpus = Pick<JobGpus, "times" | "gpus">;

/** Milliseconds between readings of GPUs that nobody looks at. */
export const seldomMs = 30_000;
/** Two readings further apart are not joined: nobody looked between them. */
const gapMs = 3 * seldomMs;
const capacity = 1200;

type Value = number | null;

interface Track {
  readonly wanted: JobGpu;
  known: Pick<JobGpuReadings, "name" | "index" | "memoryTotalBytes">;
  utilization: Value[];
  memory: Value[];
}

/** Beyond `capacity` points neighbours are averaged, so that the whole life stays. `earlier`: what was seen before. */
export function createGpuLife(wanted: readonly JobGpu[], earlier?: SeenGpus): GpuLife {
  let times: number[] = [...(earlier?.times ?? [])];
  let last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
  const tracks: Track[] = wanted.map((one, place) => {
    const { utilizationPercent = [], memoryUsedBytes = [], ...known } = earlier?.gpus[place] ?? {};
    return { wanted: one, known, utilization: [...utilizationPercent], memory: [...memoryUsedBytes] };
  });

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

  function append(time: number, values: readonly { utilization: Value; memory: Value }[]): void {
    if (time <= last) return;
    if (Number.isFinite(last) && time - last > gapMs) push(last + 1, []);
    push(time, values);
    last = time;
  }

  return {
    seed(history, since) {
      const found = tracks.map(({ wanted: { index } }) => history.gpus.find((gpu) => gpu.index === index));
      history.times.forEach((time, at) => {
        if (time < since) return;
        append(
          time,
          found.map((gpu) => ({
            utilization: gpu?.utilizationPercent[at] ?? null,
            memory: gpu?.memoryUsedBytes[at] ?? null,
          })),
        );
      });
    },
    add(time, report) {
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
      append(
        time,
        gpus.map((gpu) => ({ utilization: gpu?.utilizationPercent ?? null, memory: gpu?.memoryUsedBytes ?? null })),
      );
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
