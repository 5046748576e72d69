import { describe, expect, it } from "vitest";
import { contentsCommand } from "../../src/core/jobs/contents";
import { jobHost, jobRequest } from "./jobHost";
import { testShells } from "./operationHost";

describe.each(testShells)("what a job has made, under $name", (shell) => {
  it("is its results, the room that it takes and its script", async () => {
    const host = jobHost(shell);
    const wish = jobRequest(
      'cd "$TENSORLINE_OUT"; mkdir -p "a b"; printf 12345 >"a b/model.pt"; : >empty; : >"two\nlines"; ln -s /etc/passwd link',
    );
    await host.submit(wish);
    await host.outcome(wish.id);
    const contents = await host.run(contentsCommand(wish.id));
    expect(contents).toMatchObject({ outFolder: `${host.folder(wish.id)}/out`, more: false });
    expect(contents.files.map(({ path, sizeBytes }) => [path, sizeBytes])).toEqual([
      ["a b/model.pt", 5],
      ["empty", 0],
    ]);
    expect(Date.parse(contents.files[0]?.modifiedAt ?? "")).toBeGreaterThan(Date.parse("2026-01-01"));
    expect(contents.diskBytes).toBeGreaterThan(0);
    expect(contents.script).toContain("exec ");
  });

  it("is nothing for a job that is not there, and for one that left nothing", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("true");
    await host.submit(wish);
    await host.outcome(wish.id);
    expect((await host.run(contentsCommand(wish.id))).files).toEqual([]);
    await expect(host.run(contentsCommand("j-0-none"))).rejects.toMatchObject({ problem: { reason: "jobUnknown" } });
    expect(() => contentsCommand("../jobs")).toThrow("jobUnknown");
  });
});
