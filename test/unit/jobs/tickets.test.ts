import { expect, it } from "vitest";
import { jobsOfTickets, parseTickets } from "../../../src/core/jobs/gpus/tickets";
import { parseLists } from "../../../src/core/jobs/records";

const name = (seconds: number, what = "any-1-0") => `1-${seconds}-000000001-0000abcd-42-${what}`;
const noon = 1_767_268_800;
const text = [
  `- ${name(noon)} holding machine1 a1 ${noon + 60} 0:GPU-aaaa,2:GPU-bbbb alice`,
  `mine ${name(noon + 1)} waiting machine1 b2 0 - root`,
  `- ${name(noon + 2, "any-2-40000")} claiming machine1 a1 0 1:GPU-cccc bob`,
  `- ${name(noon + 2, "these-1-0")} waiting machine1 c3 0 - bob`,
].join("\n");

it("tells whose jobs hold GPUs or wait for some, since when, under ids that no job has", () => {
  expect(jobsOfTickets(parseTickets(text))).toEqual([
    {
      id: `ticket-${noon}-000000001-0000abcd-42`,
      name: "a job for 1 GPU",
      submittedAt: "2026-01-01T12:00:00Z",
      startedAt: "2026-01-01T12:01:00Z",
      backend: "process",
      user: "alice",
      state: "running",
      gpus: [
        { index: 0, uuid: "GPU-aaaa" },
        { index: 2, uuid: "GPU-bbbb" },
      ],
    },
    // Two tickets that claim one place are one row.
    expect.objectContaining({ id: `ticket-${noon + 2}-000000001-0000abcd-42`, user: "bob", state: "queued", ahead: 2 }),
  ]);
  expect(jobsOfTickets(parseTickets(text.split("\n").slice(0, 3).join("\n")))[1]).toMatchObject({
    name: "a job for 2 GPUs with 42 GB",
    reason: "waitingForGpus",
    ahead: 1,
  });
});

it("reads records and tickets apart, and leaves out lines that are neither", () => {
  const record = (id: string, more = "") =>
    `${id} running - - 2026-01-01T00:00:00Z - - - - - - -\n{"name":"x","backend":"slurm"${more}}\n-\n\n`;
  const lists = parseLists(
    `${record("a1")}${record("slurm-7", ',"user":"carol"')}tickets\nnoise\n${text.split("\n")[0]}\n- 1-2 holding`,
  );
  expect(lists.jobs.map(({ id }) => id)).toEqual(["a1"]);
  expect(lists.others.map(({ user }) => user)).toEqual(["alice", "carol"]);
});
