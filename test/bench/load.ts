import { cpus } from "node:os";

export interface Load {
  /** Percent of one core that this process, the extension host, used. */
  readonly percent: number;
  /** Percent of all cores that were busy with anything at all. */
  readonly machinePercent: number;
}

/** What this process and the whole machine did meanwhile. */
export async function loadDuring(work: () => Promise<unknown>): Promise<Load> {
  const idleMs = () => cpus().reduce((sum, { times }) => sum + times.idle, 0);
  const [startedAt, used, idle] = [performance.now(), process.cpuUsage(), idleMs()];
  await work();
  const passed = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(used);
  return {
    percent: (user + system) / 10 / passed,
    machinePercent: 100 - (100 * (idleMs() - idle)) / (passed * cpus().length),
  };
}
