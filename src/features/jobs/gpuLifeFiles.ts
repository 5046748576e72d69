import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { codeOf } from "../../core/fileLock";
import { isJobId } from "../../core/jobs/jobId";
import type { Logger } from "../../core/logger";
import { JobGpuReadingsSchema } from "../../shared/jobPanel";
import type { SeenGpus } from "./gpuLife";

/** What was seen of jobs' GPUs, on this computer's disk. Synchronous and small, so that a window that closes can still write. */
export interface GpuLifeFiles {
  /** Undefined where nothing was kept, or nothing that can be understood. */
  read(jobId: string): SeenGpus | undefined;
  /** What cannot be written is only logged: it is nothing to stop for. */
  write(jobId: string, seen: SeenGpus): void;
}

const mostFiles = 200;

const FileSchema = v.pipe(
  v.object({ version: v.literal(1), times: v.array(v.number()), gpus: v.array(JobGpuReadingsSchema) }),
  v.check(({ times, gpus }) =>
    gpus.every((gpu) => gpu.utilizationPercent.length === times.length && gpu.memoryUsedBytes.length === times.length),
  ),
);

export function createGpuLifeFiles(folder: string, log: Logger): GpuLifeFiles {
  const fileOf = (jobId: string) => (isJobId(jobId) ? join(folder, `${jobId}.json`) : undefined);

  function removeOldest(): void {
    const files = readdirSync(folder).map((name) => join(folder, name));
    if (files.length < mostFiles) return;
    const age = new Map(files.map((file) => [file, statSync(file).mtimeMs]));
    const oldest = files.sort((a, b) => (age.get(a) ?? 0) - (age.get(b) ?? 0));
    for (const file of oldest.slice(0, files.length - mostFiles + 1)) rmSync(file, { force: true });
  }

  return {
    read(jobId) {
      const file = fileOf(jobId);
      if (file === undefined || !existsSync(file)) return undefined;
      try {
        const { times, gpus } = v.parse(FileSchema, JSON.parse(readFileSync(file, "utf8")));
        return { times, gpus };
      } catch {
        log.warn(`${file} cannot be understood; what was seen of the job's GPUs before is lost`);
        return undefined;
      }
    },
    write(jobId, seen) {
      const file = fileOf(jobId);
      if (file === undefined) return;
      try {
        mkdirSync(folder, { recursive: true });
        if (!existsSync(file)) removeOldest();
        const fresh = `${file}.${process.pid}`;
        writeFileSync(fresh, JSON.stringify({ version: 1, ...seen }), { mode: 0o600 });
        renameSync(fresh, file);
      } catch (error) {
        log.warn(`${file} cannot be written (${codeOf(error)})`);
      }
    },
  };
}
