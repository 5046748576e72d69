import { join, posix } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { environmentOverlay } from "../../src/core/environments/overlay";
import type { EnvironmentParts } from "../../src/core/environments/parts";
import type { CodePlace } from "../../src/core/jobs/launch/launch";
import type { HostRef } from "../../src/core/ports";
import type { Environment } from "../../src/shared/environments";
import type { JobSettings } from "../../src/shared/jobSettings";
import { type JobTestHost, jobHostOf } from "../shell/jobHost";
import { fullRun } from "../shell/operationHost";
import { newFolder, writeTree } from "../shell/transferHost";
import { noAbort } from "../ssh/client";
import { type LaunchClient, launchClient } from "../ssh/launchClient";
import { type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { realVenv } from "./venvs";

/** Long enough for an installation. */
const minutes = 600_000;

const torch = await realVenv("python3", ["torch"]);

/** Two layers learn to add; with several processes they learn together and must agree. */
const train = `
import os, sys
import torch
import torch.distributed as dist

world = int(os.environ.get("WORLD_SIZE", "1"))
if world > 1:
    dist.init_process_group("gloo")
rank = int(os.environ.get("RANK", "0"))
torch.manual_seed(0)
model = torch.nn.Linear(2, 1)
if world > 1:
    model = torch.nn.parallel.DistributedDataParallel(model)
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
torch.manual_seed(rank)
for step in range(int(sys.argv[1])):
    x = torch.randn(64, 2)
    loss = ((model(x) - x.sum(1, keepdim=True)) ** 2).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
total = sum(p.double().sum() for p in model.parameters()).item()
# In one piece, which another process cannot come between.
sys.stdout.write(f"rank {rank} of {world} learnt {total:.6f}\\n")
if rank == 0:
    torch.save(model.state_dict(), os.environ["TENSORLINE_OUT"] + "/model.pt")
if world > 1:
    dist.destroy_process_group()
`;

describe.skipIf(torch.without || withoutSshd)(`training as a job${torch.without}${withoutSshd ?? ""}`, () => {
  let server: Sshd;
  let host: HostRef;
  let launch: LaunchClient;
  let there: JobTestHost;
  beforeAll(async () => {
    if (!("interpreter" in torch)) throw new Error(torch.without);
    const home = newFolder();
    const prefix = posix.dirname(posix.dirname(torch.interpreter));
    const environment: Environment = {
      manager: "venv",
      name: "torch",
      prefix,
      interpreter: torch.interpreter,
      packages: [],
    };
    server = await startSshd({ environment: { HOME: home, SHELL: "/bin/sh" } });
    host = { name: "box", configFile: server.configFile };
    launch = launchClient(host, {
      chosen: () => ({ environment }),
      environments: {
        state: () => ({ verdicts: new Map(), loads: new Map(), isReading: false, running: [] }),
        refresh: () => Promise.reject(new Error("it is known")),
        parts: () =>
          ({ overlay: () => environmentOverlay(environment) }) as Partial<EnvironmentParts> as EnvironmentParts,
      },
    });
    there = jobHostOf(await launch.client.connections.acquire(host).connected(noAbort), home, minutes);
  }, minutes);
  afterAll(async () => {
    launch.client.connections.dispose();
    await server.dispose();
  });

  it.each<readonly [string, Partial<JobSettings>, number]>([
    ["in one process", {}, 1],
    ...(fullRun ? [["by torchrun", { launcher: "torchrun", processes: 2 }, 2] as const] : []),
    ["by torchrun as a module", { launcher: "torchrun", processes: 2, program: "-m pkg.train" }, 2],
    ["in plain processes", { launcher: "processes", processes: 2 }, 2],
  ])("works %s", { timeout: minutes }, async (_name, more, world) => {
    const folder = newFolder();
    writeTree(folder, { "pkg/__init__.py": "", "pkg/train.py": train });
    const place: CodePlace = { kind: "client", folder };
    const settings = { host: "box", program: "pkg/train.py", arguments: "20", gpus: { count: 0 }, ...more };
    const plan = await launch.launcher.plan(settings, place, { signal: noAbort });
    const { id } = await launch.launcher.run(plan, {}, { signal: noAbort });
    const { job, log } = await there.outcome(id);
    expect({ ...job, log }).toMatchObject({ state: "succeeded", exitCode: 0, environment: "torch" });
    const learnt = [...log.matchAll(/^rank (\d) of (\d) learnt (\S+)$/gm)].map(([, rank, of, total]) => ({
      rank,
      of,
      total,
    }));
    expect(learnt.map(({ rank }) => rank).sort()).toEqual(Array.from({ length: world }, (_, rank) => String(rank)));
    // What was averaged after each step is the same everywhere.
    expect(new Set(learnt.map(({ total }) => total)).size).toBe(1);
    expect(
      await there.run({
        what: "testing",
        argv: ["ls", join(there.folder(id), "out")],
        deadlineMs: 10_000,
        parse: ({ stdout }) => stdout,
      }),
    ).toBe("model.pt\n");
  });

  it("fails with the exit code of the process that failed", { timeout: minutes }, async () => {
    const folder = newFolder();
    writeTree(folder, {
      "train.py": 'import os, sys, time\nif os.environ["RANK"] == "1": sys.exit(3)\ntime.sleep(600)\n',
    });
    const settings: JobSettings = {
      host: "box",
      program: "train.py",
      gpus: { count: 0 },
      launcher: "processes",
      processes: 2,
    };
    const plan = await launch.launcher.plan(settings, { kind: "client", folder }, { signal: noAbort });
    const { id } = await launch.launcher.run(plan, {}, { signal: noAbort });
    expect((await there.outcome(id)).job).toMatchObject({ state: "failed", exitCode: 3 });
  });
});
