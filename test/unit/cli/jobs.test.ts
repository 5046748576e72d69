import { expect, it } from "vitest";
import { parseCommandLine } from "../../../src/cli/arguments";
import { exitCodeOf } from "../../../src/cli/jobEnd";
import { jobLines } from "../../../src/cli/jobs";
import { UsageError } from "../../../src/cli/terminal";
import type { Job } from "../../../src/shared/jobs";

const connection = { identityFiles: [], acceptNewHostKey: false };

it("takes what follows `--` as the program's own words", () => {
  expect(parseCommandLine(["run", "lab1", "--gpus", "2", "--", "python", "-u", "train.py", "--", "--json"])).toEqual({
    command: "run",
    host: "lab1",
    argv: ["python", "-u", "train.py", "--", "--json"],
    gpus: 2,
    queue: true,
    detach: false,
    hook: true,
    variables: {},
    secrets: [],
    json: false,
    connection,
  });
});

it("reads every option of a run", () => {
  const words =
    "run -d --json --env torch --no-queue --env-var A=b=c --env-var E= --secret T --backend tmux --name n --folder p --time-limit 1d2h3m4s lab1 -- true";
  expect(parseCommandLine(words.split(" "))).toMatchObject({
    environment: "torch",
    gpus: 0,
    queue: false,
    detach: true,
    variables: { A: "b=c", E: "" },
    secrets: ["T"],
    backend: "tmux",
    name: "n",
    folder: "p",
    timeLimitSeconds: 93_784,
    json: true,
  });
});

it.each([
  [["run"], /needs a host/],
  [["run", "a", "python", "x.py"], /after `--`/],
  [["run", "a", "--"], /needs a program/],
  [["run", "a", "--gpus", "65", "--", "x"], /0 to 64/],
  [["run", "a", "--gpus", "", "--", "x"], /0 to 64/],
  [["run", "a", "--time-limit", "0", "--", "x"], /such as 90m/],
  [["run", "a", "--env", "", "--", "x"], /--env needs a value/],
  [["logs", "a"], /the id of a job/],
  [["stop", "a", "b", "c"], /nothing more/],
  [["gpus", "a", "--", "x"], /Only `tensorline run`/],
])("refuses %j in one sentence", (words, message) => {
  expect(() => parseCommandLine(words)).toThrow(UsageError);
  expect(() => parseCommandLine(words)).toThrow(message);
});

it.each<[Partial<Job>, number]>([
  [{ state: "succeeded", exitCode: 0 }, 0],
  [{ state: "failed", exitCode: 7 }, 7],
  [{ state: "failed", exitCode: 137, signal: "SIGKILL" }, 137],
  [{ state: "failed", signal: "SIGSEGV" }, 139],
  [{ state: "stopped", signal: "SIGTERM" }, 143],
  [{ state: "stopped", exitCode: 0 }, 143],
  [{ state: "stopped" }, 143],
  [{ state: "failed", reason: "timeLimit", exitCode: 0 }, 143],
  [{ state: "failed", reason: "gpusUnavailable" }, 255],
  [{ state: "lost", exitCode: 3 }, 254],
])("exits for %j with %i", (end, code) => {
  expect(exitCodeOf({ state: "failed", ...end })).toBe(code);
});

it("shows so much of the ids that they differ, and what jobs wait for", () => {
  const job = (id: string, more: Partial<Job>): Job => ({
    id,
    name: "train.py",
    state: "running",
    submittedAt: "2026-01-01T10:00:00Z",
    backend: "process",
    ...more,
  });
  const now = Date.UTC(2026, 0, 1, 12);
  expect(
    jobLines(
      [
        job("abcdefgh12", { startedAt: "2026-01-01T10:59:30Z", gpus: [{ index: 0 }, { index: 3 }] }),
        job("abcdefgh34", { state: "queued", message: "GPU 0: \u001b[2Jalice" }),
        job("abcdefgh56", { state: "failed", exitCode: 1, reason: "exitCode" }),
        job("abcdefgh78", { state: "failed", reason: "gpusUnavailable", message: "GPU 0: bob, 71 GB" }),
        job("abcdefgh-ticket", { state: "queued", user: "bob" }),
      ],
      now,
    ),
  ).toEqual([
    "ID         NAME      STATE    EXIT  GPUS  SUBMITTED                  RAN  USER",
    "abcdefgh1  train.py  running     –  0,3   2026-01-01 10:00:00  1 h 0 min",
    "abcdefgh3  train.py  queued      –  –     2026-01-01 10:00:00          –",
    "abcdefgh5  train.py  failed      1  –     2026-01-01 10:00:00          –",
    "abcdefgh7  train.py  failed      –  –     2026-01-01 10:00:00          –",
    "–          train.py  queued      –  –     2026-01-01 10:00:00          –  bob",
    "  abcdefgh3: GPU 0: alice",
    "  abcdefgh7: The GPUs that the job asked for were not free. GPU 0: bob, 71 GB. Let it wait in the queue, or ask for others.",
  ]);
  expect(jobLines([], now)).toEqual(["no jobs"]);
});
