import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noOverlay } from "../../src/core/environments/overlay";
import type { JobRequest } from "../../src/core/jobs/request";
import type { HostRef } from "../../src/core/ports";
import type { Engine } from "../../src/engine";
import { startSshd } from "../ssh/sshd";
import { startBenchEngine } from "./server";

export const never = new AbortController().signal;

/** A connected host with a home of its own. */
export interface JobBench {
  readonly engine: Engine;
  readonly host: HostRef;
  readonly configFile: string;
  /** Where the host keeps its jobs; there once it has had one. */
  jobsFolder(): string;
}

/** Runs the measurements one after the other. */
export async function withJobHost(...measurements: readonly ((bench: JobBench) => Promise<void>)[]): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "tensorline-bench-jobs-"));
  const sshd = await startSshd({ environment: { HOME: home } });
  const engine = startBenchEngine(join(sshd.folder, "storage"));
  const host = { name: "box", configFile: sshd.configFile };
  const lease = engine.connections().acquire(host);
  const jobsFolder = () => {
    const hosts = join(home, ".local/state/tensorline/hosts");
    return join(hosts, readdirSync(hosts)[0] ?? "", "jobs");
  };
  try {
    await lease.connected(never);
    for (const measure of measurements) await measure({ engine, host, configFile: sshd.configFile, jobsFolder });
  } finally {
    lease.dispose();
    engine.dispose();
    await sshd.dispose();
    await rm(home, { recursive: true, force: true });
  }
}

/** A job of shell text. */
export function request(text: string, more: Partial<JobRequest> = {}): JobRequest {
  return {
    id: randomUUID(),
    name: "bench",
    backend: "process",
    argv: ["sh", "-c", text],
    folder: "~",
    overlay: noOverlay,
    variables: {},
    secrets: {},
    gpus: { kind: "none" },
    ...more,
  };
}
