import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { backends } from "../../src/core/jobs/backends";
import { jobBackendContract } from "./jobBackendContract";
import { backendHosts } from "./jobBackendHosts";

/** These take long, and have files of their own that run at the same time. */
const apart: readonly string[] = ["tmux", "slurm"];

it("every back end is tried", () => {
  expect(backends.map(({ id }) => id).sort()).toEqual(Object.keys(backendHosts).sort());
  for (const id of apart)
    expect(readFileSync(new URL(`jobBackends.${id}.test.ts`, import.meta.url), "utf8")).toContain(
      `jobBackendContract("${id}")`,
    );
});

for (const { id } of backends) if (!apart.includes(id)) jobBackendContract(id);
