import { describe, expect, it } from "vitest";
import { createPairs, pairName } from "../../../src/features/tensors/pairs";
import type { Environment } from "../../../src/shared/environments";

const environment = (name: string): Environment => ({
  manager: "conda",
  name,
  prefix: `/envs/${name}`,
  packages: [{ name: "torch", version: "2.13.0" }],
});

function memory() {
  let kept: unknown;
  return {
    get: <T>(_key: string, otherwise: T) => (kept as T | undefined) ?? otherwise,
    async update(_key: string, value: unknown) {
      kept = JSON.parse(JSON.stringify(value));
    },
  };
}

describe("the pairs of host and environment of a workspace", () => {
  it("are remembered once each, the last one first, without what changes in them", async () => {
    const pairs = createPairs(memory());
    expect(pairs.recent()).toEqual([]);
    await pairs.remember({ host: { name: "lab1" }, environment: environment("a") });
    await pairs.remember({ host: { name: "lab1" } });
    await pairs.remember({ host: { name: "lab1" }, environment: environment("a") });
    expect(pairs.recent().map(pairName)).toEqual(["lab1: a", "lab1"]);
    expect(pairs.recent()[0]?.environment?.packages).toEqual([]);
    for (let at = 0; at < 20; at++) await pairs.remember({ host: { name: `box${at}` } });
    expect(pairs.recent()).toHaveLength(8);
    expect(pairs.recent()[0]?.host.name).toBe("box19");
  });
});
