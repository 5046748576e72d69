import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { submitCommand } from "../../src/core/jobs/commands";
import { type JobTestHost, jobHostOf, jobRequest } from "../shell/jobHost";
import { newFolder, noAbort } from "../shell/operationHost";
import { hostOf, person, testClient } from "./client";
import { type Slurm, startSlurm, withoutSlurm } from "./slurm";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

const without = withoutSshd ?? withoutSlurm;

describe.skipIf(without !== undefined)(`jobs in a real Slurm (${without ?? "one node, four GPUs"})`, () => {
  const home = newFolder();
  let slurm: Slurm;
  let server: Sshd;
  let host: JobTestHost;
  beforeAll(async () => {
    slurm = await startSlurm();
    server = await startSshd({ environment: { HOME: home, ...slurm.environment } });
    const client = testClient({ prompts: person([true]) });
    const connection = client.connections.acquire(hostOf(server));
    host = jobHostOf(await connection.connected(noAbort), home);
  });
  afterAll(async () => {
    await server.dispose();
    await slurm.dispose();
  });

  it("runs with GPUs", async () => {
    const request = jobRequest('echo "gpus $CUDA_VISIBLE_DEVICES"; exit 3', {
      backend: "slurm",
      gpus: { kind: "any", count: 2, queue: true },
    });
    console.log(await host.submit(request));
    console.log(await host.outcome(request.id));
    console.log(await host.list());
  });
});
