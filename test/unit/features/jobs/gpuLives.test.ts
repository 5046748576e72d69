import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { Emitter } from "../../../../src/core/event";
import type { GpuWatch, Sample, WatchOptions } from "../../../../src/core/gpu/watch";
import { silentLogger } from "../../../../src/core/logger";
import type { HostRef } from "../../../../src/core/ports";
import { createGpuLifeFiles } from "../../../../src/features/jobs/gpuLifeFiles";
import { createGpuLives } from "../../../../src/features/jobs/gpuLives";
import type { WatchedJob } from "../../../../src/features/jobs/watched";
import type { Job } from "../../../../src/shared/jobs";
import { createManualClock } from "../../../mocks/manualClock";
import { report } from "../../../webview/samples";

const folder = mkdtempSync(join(tmpdir(), "tensorline-lives-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const host: HostRef = { name: "lab1" };
const running: Job = {
  id: "job-1",
  name: "train.py",
  state: "running",
  backend: "process",
  submittedAt: "2026-01-01T10:00:00Z",
  gpus: [{ index: 1 }],
};
const watchedJob: WatchedJob = { host, id: running.id, name: running.name, since: running.submittedAt, told: [] };

function stage(filesIn: string) {
  const changes = new Emitter<HostRef>();
  const watchedChanges = new Emitter<void>();
  const samples = new Emitter<Sample>();
  const clock = createManualClock();
  const watches: { beat: number; quiet: boolean | undefined; disposed: boolean }[] = [];
  let job = running;
  let watched: readonly WatchedJob[] = [watchedJob];
  const lives = createGpuLives({
    jobs: { state: () => ({ jobs: [job], isReading: false }), onChange: changes.event },
    watched: { list: () => watched, onChange: watchedChanges.event },
    gpus: {
      watch(_host, beat, options: WatchOptions = {}) {
        const own = { beat, quiet: options.quiet, disposed: false };
        watches.push(own);
        const watch: Partial<GpuWatch> = {
          history: () => ({ times: [], gpus: [] }),
          onSample: samples.event,
          dispose() {
            own.disposed = true;
          },
        };
        return watch as GpuWatch;
      },
    },
    files: createGpuLifeFiles(filesIn, silentLogger),
    clock,
  });
  return {
    lives,
    watches,
    clock,
    tell: () => changes.fire(host),
    sample: (time: number) => samples.fire({ time, report: report(), whole: true }),
    end() {
      job = { ...running, state: "succeeded" };
      changes.fire(host);
    },
    forget() {
      watched = [];
      watchedChanges.fire();
    },
  };
}

it("GPUs of a watched job are read seldom and quietly while it runs, without a panel", () => {
  const { lives, watches, tell, sample, end } = stage(join(folder, "a"));
  expect(watches).toEqual([]);
  tell();
  tell();
  expect(watches).toEqual([{ beat: 30_000, quiet: true, disposed: false }]);
  sample(1000);
  sample(31_000);
  end();
  expect(watches.map(({ disposed }) => disposed)).toEqual([true]);
  expect(lives.of(host, running).readings()).toMatchObject({
    times: [1000, 31_000],
    gpus: [{ index: 1, utilizationPercent: [98, 98] }],
  });
});

it("a job that is watched no more is a reason to look no more", () => {
  const { watches, tell, forget } = stage(join(folder, "b"));
  tell();
  forget();
  expect(watches.map(({ disposed }) => disposed)).toEqual([true]);
});

it("what was seen outlives the window", () => {
  const first = stage(join(folder, "c"));
  first.tell();
  first.sample(1000);
  first.clock.advance(60_000);
  expect(readdirSync(join(folder, "c"))).toEqual(["job-1.json"]);
  first.sample(61_000);
  first.lives.dispose();
  const second = stage(join(folder, "c"));
  second.tell();
  second.sample(91_000);
  expect(second.lives.of(host, running).readings().times).toEqual([1000, 61_000, 91_000]);
});

it("a file that cannot be understood, and an id that is no name, do no harm", () => {
  const files = createGpuLifeFiles(join(folder, "d"), silentLogger);
  files.write("../job", { times: [], gpus: [] });
  expect(files.read("../job")).toBeUndefined();
  files.write("job-1", { times: [], gpus: [] });
  writeFileSync(join(folder, "d", "job-1.json"), '{"version":1,"times":[1],"gpus":[{"utilizationPercent":[]}]}');
  expect(files.read("job-1")).toBeUndefined();
});
