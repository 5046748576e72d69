import { describe, expect, it } from "vitest";
import { deletionWords } from "../../../../src/features/jobs/removeWords";
import { broughtText } from "../../../../src/features/jobs/resultsWords";
import type { Job, JobState } from "../../../../src/shared/jobs";

const now = Date.parse("2026-01-01T12:00:00Z");
const target = (name: string, state: JobState, host = "lab1") => {
  const endedAt = state === "running" ? {} : { endedAt: "2026-01-01T11:00:00Z" };
  const job: Job = { id: name, name, state, backend: "process", submittedAt: "2026-01-01T10:00:00Z", ...endedAt };
  return { host: { name: host }, job };
};

describe("deleting jobs", () => {
  it("names one job, and what goes with it", () => {
    const words = deletionWords([target("a.py", "succeeded")], now);
    expect(words?.question).toBe("Delete a.py on lab1?");
    expect(words?.detail).toBe("Its log, its copy of the code and what it left in $TENSORLINE_OUT will be gone.");
  });

  it("counts and names several, and says which stay because they go on", () => {
    const words = deletionWords(
      [target("a.py", "succeeded"), target("b.py", "failed"), target("c.py", "running")],
      now,
    );
    expect(words?.question).toBe("Delete 2 jobs on lab1?");
    expect(words?.detail).toMatch(
      /^a\.py · .*\nb\.py · .*\n\nTheir logs, .* gone\.\n\nc\.py has not ended and stays\./s,
    );
  });

  it("tells the hosts apart where there are several", () => {
    const words = deletionWords([target("a.py", "succeeded"), target("b.py", "failed", "lab2")], now);
    expect(words?.question).toBe("Delete 2 jobs on lab1 and lab2?");
    expect(words?.detail).toContain("b.py on lab2 · ");
  });

  it("asks nothing where none has ended", () => {
    expect(deletionWords([target("a.py", "running")], now)).toEqual({
      detail: "a.py has not ended and stays. Stop it first to delete it.",
    });
    expect(deletionWords([], now)).toBeUndefined();
  });
});

it("what came back is counted, and so is what stayed as it was changed here", () => {
  const brought = { files: 1, bytes: 13, kept: 0 };
  expect(broughtText("a.py", brought, "/x/out")).toBe("1 file of a.py (13 B) is in /x/out.");
  expect(broughtText("a.py", { ...brought, files: 2, kept: 1 }, "/x/out")).toBe(
    "2 files of a.py (13 B) are in /x/out. 1 file changed here stays as it is.",
  );
  expect(broughtText("a.py", { ...brought, files: 0, kept: 2 }, "/x/out")).toBe(
    "a.py left nothing in $TENSORLINE_OUT that is not here already. 2 files changed here stay as they are.",
  );
});
