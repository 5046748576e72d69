import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientFacts } from "../../src/core/client";
import { systemClock } from "../../src/core/clock";
import { defaultPlaces } from "../../src/core/environments/survey";
import { Failure } from "../../src/core/failure";
import type { GpuModule } from "../../src/core/gpu";
import { noGentleHosts } from "../../src/core/gpu/gentle";
import type { GpuWatch, Sample } from "../../src/core/gpu/watch";
import { silentLogger } from "../../src/core/logger";
import type { HostRef } from "../../src/core/ports";
import {
  createEngine,
  type Engine,
  type EnvironmentsModule,
  type JobsModule,
  type SshModule,
  type TensorsModule,
} from "../../src/engine";
import { type Sshd, startSshd } from "../ssh/sshd";

/** The root of the repository, seen from the bundle of the bench. */
export const root = join(__dirname, "..", "..");
const load = createRequire(__filename);

export interface BenchServer extends Pick<Sshd, "folder" | "port" | "dispose"> {
  readonly configFile: string;
  /** Hosts `box1`, `box2`, …: all the same machine, each with a connection of its own. */
  host(number: number): HostRef;
}

/** A real sshd whose only GPU tool is the cheap stand-in of the bench, and a home whose shell start-up files cost nothing. */
export async function startBenchServer(environment: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
  const tools = join(root, "test", "bench", "tools");
  const home = await mkdtemp(join(tmpdir(), "tensorline-bench-home-"));
  const sshd = await startSshd({ environment: { PATH: `${tools}:/usr/bin:/bin`, HOME: home, ...environment } });
  const names = Array.from({ length: 50 }, (_, index) => `box${index + 1}`);
  const text = await readFile(sshd.configFile, "utf8");
  await writeFile(sshd.configFile, text.replace("Host box\n", `Host box ${names.join(" ")}\n`));
  const { configFile, folder, port } = sshd;
  const dispose = async () => {
    await sshd.dispose();
    await rm(home, { recursive: true, force: true });
  };
  return { configFile, folder, port, dispose, host: (number) => ({ name: `box${number}`, configFile }) };
}

/** The engine as the product builds it, with the SSH bundle that ships, and nobody to ask. */
export function startBenchEngine(storageDir: string): Engine {
  const nobody = async () => {
    throw new Failure({ reason: "promptUnavailable", question: "anything" });
  };
  return createEngine({
    client: clientFacts(),
    storageDir,
    prompts: { askText: nobody, confirmHostKey: nobody },
    secrets: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    settings: { identityFiles: () => [], acceptNewHostKeys: () => false, connectTimeoutMs: () => 60_000 },
    gentle: noGentleHosts,
    clock: systemClock,
    log: silentLogger,
    random: Math.random,
    loadSsh: () => load(join(root, "dist", "ssh.cjs")) as SshModule,
    loadGpu: () => load(join(root, "dist", "gpu.cjs")) as GpuModule,
    loadEnvironments: () => load(join(root, "dist", "environments.cjs")) as EnvironmentsModule,
    loadJobs: () => load(join(root, "dist", "jobs.cjs")) as JobsModule,
    loadTensors: () => load(join(root, "dist", "tensors.cjs")) as TensorsModule,
    environmentPlaces: () => defaultPlaces,
  });
}

/** The next sample that has GPUs. */
export function nextSample(watch: GpuWatch): Promise<Sample> {
  return new Promise((resolve) => {
    const listening = watch.onSample((sample) => {
      if (sample.report.gpus.length === 0) return;
      listening.dispose();
      resolve(sample);
    });
  });
}

/** Resolves after `count` more samples. */
export async function samples(watch: GpuWatch, count: number): Promise<void> {
  for (let seen = 0; seen < count; seen++) await nextSample(watch);
}
