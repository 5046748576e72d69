import { describe, expect, it } from "vitest";
import { jobHost, jobRequest } from "./jobHost";
import { aliveWith, testShells, until } from "./operationHost";

describe.each(testShells)("a job under $name", (shell) => {
  it("runs apart, and tells its output and how it ended", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("echo one; echo two >&2; cat; pwd; exit 7", { name: "my job" });
    const submitted = await host.submit(wish);
    expect(submitted).toMatchObject({ id: wish.id, name: "my job", backend: "process" });
    const { job, log } = await host.outcome(wish.id);
    expect(log).toBe(`one\ntwo\n${host.home}\n`);
    expect(job).toMatchObject({ state: "failed", reason: "exitCode", exitCode: 7, logBytes: log.length });
    expect(job.startedAt).toMatch(/Z$/);
    expect(job.endedAt).toMatch(/Z$/);
    expect(await host.list()).toEqual([job]);
    await until(() => aliveWith(wish.id).length === 0);
  });
});
