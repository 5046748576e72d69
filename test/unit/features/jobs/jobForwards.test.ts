import { expect, it } from "vitest";
import { Emitter } from "../../../../src/core/event";
import type { Forward } from "../../../../src/core/forwards/forward";
import type { HostRef } from "../../../../src/core/ports";
import { createJobForwards } from "../../../../src/features/jobs/jobForwards";
import type { Job, JobState } from "../../../../src/shared/jobs";

const host = { name: "lab1" };
const job = (state: JobState): Job => ({
  id: "1",
  name: "a.py",
  state,
  backend: "process",
  submittedAt: "2026-01-01T10:00:00Z",
});
const signal = new AbortController().signal;

function fleet(known: readonly Forward[] = []) {
  let jobs: readonly Job[] = [job("running")];
  const changes = new Emitter<HostRef>();
  const stopped: number[] = [];
  const forward = (port: number): Forward => ({
    id: port,
    host,
    target: { host: "localhost", port },
    localPort: port + 1,
    state: { kind: "listening" },
    connections: 0,
    sentBytes: 0,
    receivedBytes: 0,
  });
  const own = createJobForwards(
    { list: () => known, open: async ({ target }) => forward(target.port), stop: (id) => void stopped.push(id) },
    { state: () => ({ jobs, others: [], isReading: false }), onChange: changes.event },
  );
  const end = () => {
    jobs = [job("succeeded")];
    changes.fire(host);
  };
  const open = (port: number) =>
    own.open({ host, job: job("running") }, { host, target: { host: "localhost", port } }, signal);
  return { open, end, stopped, forward, tell: () => changes.fire(host) };
}

it("a forward goes with the job that it was opened for", async () => {
  const { open, end, stopped, tell } = fleet();
  expect(await open(6006)).toBe(6007);
  tell();
  expect(stopped).toEqual([]);
  end();
  end();
  expect(stopped).toEqual([6006]);
});

it("a forward that was there before stays", async () => {
  const { forward } = fleet();
  const { open, end, stopped } = fleet([forward(6006)]);
  await open(6006);
  end();
  expect(stopped).toEqual([]);
});
