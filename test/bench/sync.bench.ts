import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { clientFacts } from "../../src/core/client";
import { systemClock } from "../../src/core/clock";
import { createClientState } from "../../src/core/jobs/launch/clientState";
import { compareCode } from "../../src/core/jobs/launch/code";
import { sendCode } from "../../src/core/jobs/launch/sendCode";
import { createWorkTrees, workTreeName } from "../../src/core/jobs/launch/workTree";
import snapshotPart from "../../src/core/jobs/scripts/snapshot.sh";
import { createTransfers } from "../../src/core/transfer/transfers";
import { spec } from "../host/harness/spec";
import { median, ms, quantile, report } from "./figures";
import { startBenchEngine, startBenchServer } from "./server";

const rounds = 20;
const folders = 250;
const filesEach = 20;
const signal = new AbortController().signal;

spec("a project's code comes to the host of a job", async () => {
  const server = await startBenchServer();
  const folder = await mkdtemp(join(tmpdir(), "tensorline-bench-sync-"));
  const engine = startBenchEngine(join(server.folder, "storage"));
  const lease = engine.connections().acquire(server.host(1));
  try {
    for (let at = 0; at < folders; at++) {
      const below = join(folder, "src", `package${at % 25}`, `module${at}`);
      await mkdir(below, { recursive: true });
      for (let index = 0; index < filesEach; index++) await writeFile(join(below, `file${index}.py`), `# ${index}\n`);
    }
    await writeFile(join(folder, ".gitignore"), "data/\n__pycache__/\n*.pyc\n.venv/\n*.log\n");
    const runner = await lease.connected(signal);
    const state = createClientState(join(server.folder, "storage"));
    const deps = { transfers: createTransfers({ client: clientFacts(), clock: systemClock }), clock: systemClock };
    const findTree = createWorkTrees();
    const name = workTreeName(await state.id(), folder, "linux");
    /** As a launch does it: compared for the plan, then brought over by what the plan saw. */
    const bring = () =>
      state.alone("bench", signal, async (syncs) => {
        const tree = await findTree(runner, name, signal);
        const seen = await compareCode(deps, runner, { folder, tree, look: true }, signal);
        return sendCode(deps, { runner, folder, tree, name, seen, syncs, say() {}, signal });
      });
    const { tree } = await bring();
    const changed: number[] = [];
    const unchanged: number[] = [];
    const snapshots: number[] = [];
    for (let round = 0; round < rounds; round++) {
      await writeFile(join(folder, "src", "package3", "module3", "file3.py"), `# ${"changed ".repeat(round + 1)}\n`);
      changed.push(await elapsed(bring));
      unchanged.push(await elapsed(bring));
      snapshots.push(await elapsed(() => runner.run(snapshotOf(tree.path, `${tree.path}.snapshot${round}`), signal)));
    }
    const count = folders * filesEach;
    const method = `${rounds} times over a connection that is open, folders of ${filesEach} files; median (95 % below)`;
    const times = (all: readonly number[]) => `${ms(median(all))} (${ms(quantile(all, 0.95))})`;
    await report({
      figure: `Sync of a project of ${count} files, one of them changed`,
      target: "< 300 ms",
      measured: times(changed),
      met: median(changed) < 300,
      method: `${method}; both sides compared, the file sent and put in its place`,
    });
    await report({ figure: `The same with nothing changed`, measured: times(unchanged), method });
    await report({ figure: `Snapshot of these files for a job`, measured: times(snapshots), method });
  } finally {
    lease.dispose();
    engine.dispose();
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  }
});

async function elapsed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function snapshotOf(from: string, to: string) {
  return {
    what: "keeping a snapshot",
    argv: ["sh", "-c", `${snapshotPart}\nmake_snapshot "$1" "$2"`, "sh", from, to] as const,
    stdin: "",
    deadlineMs: 60_000,
    parse({ exitCode, stderr }: { readonly exitCode: number; readonly stderr: string }) {
      if (exitCode !== 0) throw new Error(stderr);
    },
  };
}
