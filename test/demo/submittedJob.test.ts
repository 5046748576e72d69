import { afterAll, beforeAll, expect, test } from "vitest";
import { noOverlay } from "../../src/core/environments/overlay";
import { lookCommand, submitCommand } from "../../src/core/jobs/commands";
import { ticketsCommand } from "../../src/core/jobs/gpus/tickets";
import type { JobRequest } from "../../src/core/jobs/request";
import type { Runner } from "../../src/core/remote";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { hasEnded, type Job } from "../../src/shared/jobs";
import { hostOf, noAbort, testClient } from "../ssh/client";
import { connect, text } from "./remote";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet({ seed: 5 });
});
afterAll(() => fleet.dispose());

/** Looks again and again until it is so. */
async function lookUntil(runner: Runner, id: string, so: (job: Job) => boolean): Promise<Job> {
  for (;;) {
    const { job } = await runner.run(lookCommand(id), noAbort);
    if (so(job)) return job;
  }
}

test("a job that is submitted to a demo host waits for idle GPUs there, runs on them, and gives them back", async () => {
  const client = testClient();
  const runner = await client.connections.acquire(hostOf(fleet, "lab1")).connected(noAbort);
  const request: JobRequest = {
    id: "demo-1",
    name: "train.py",
    backend: "process",
    argv: ["sh", "-c", "echo $CUDA_VISIBLE_DEVICES; exec sleep 100000"],
    folder: "~",
    overlay: noOverlay,
    variables: {},
    secrets: {},
    gpus: { kind: "any", count: 1, queue: true },
  };
  expect(await runner.run(submitCommand(request), noAbort)).toMatchObject({ state: "queued" });
  const running = await lookUntil(runner, request.id, ({ state }) => state !== "queued");
  expect(running).toMatchObject({ state: "running", gpus: [{ index: 1 }] });
  const tickets = await runner.run(ticketsCommand, noAbort);
  expect(tickets).toMatchObject([{ job: request.id, mine: true, state: "holding", gpus: running.gpus }]);
  const lab = await connect(fleet, "lab1");
  const memory = "nvidia-smi -i 1 --query-gpu=memory.used --format=csv,noheader,nounits";
  await text(lab, `until [ "$(${memory})" -gt 10000 ]; do sleep 0.05; done`);
  await runner.run(lookCommand(request.id, "stop"), noAbort);
  expect(await lookUntil(runner, request.id, hasEnded)).toMatchObject({ state: "stopped" });
  await text(lab, `until [ "$(${memory})" = 0 ]; do sleep 0.05; done`);
  await text(lab, 'while ls "$HOST_VAR"/tmp/tensorline-gpu/1-*; do sleep 0.05; done');
  lab.end();
  client.connections.dispose();
});
