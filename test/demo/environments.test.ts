import type { Client } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { judge } from "../../src/core/environments/compatibility/judge";
import { surveyCommand } from "../../src/core/environments/survey/surveyEnvironments";
import { toolkitSurvey } from "../../src/core/environments/toolkits/surveyToolkits";
import type { RemoteCommand } from "../../src/core/remote";
import { quoteArgv } from "../../src/core/remote";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { connect, run } from "./remote";

let fleet: Fleet;
beforeAll(async () => {
  fleet = await startFleet();
});
afterAll(() => fleet.dispose());

async function answer<T>(client: Client, command: RemoteCommand<T>): Promise<T> {
  const { stdout, stderr, code } = await run(client, quoteArgv(command.argv));
  return command.parse({ stdout: stdout.toString(), stderr, exitCode: code ?? 255 });
}

async function look(name: string) {
  const client = await connect(fleet, name);
  try {
    const { report } = await answer(client, surveyCommand({ searchPaths: ["~"], depth: 2 }));
    const prefixes = report.environments.map(({ prefix }) => prefix);
    return { report, toolkits: await answer(client, toolkitSurvey({ environments: prefixes })) };
  } finally {
    client.end();
  }
}

describe("the demo fleet's machines", () => {
  it("have environments, one of them broken, and none of this computer's but its Python", async () => {
    const { report } = await look("lab1");
    const own = report.environments.filter(({ manager }) => manager !== "system" && manager !== "pyenv");
    expect(own.map(({ manager, name }) => `${manager} ${name}`).sort()).toEqual([
      "conda base",
      "conda jax",
      "conda old",
      "conda vision",
      "venv nanogpt",
    ]);
    expect(own.find(({ name }) => name === "old")?.error?.reason).toBe("danglingInterpreter");
    expect(own.find(({ name }) => name === "vision")?.packages).toContainEqual({
      name: "torch",
      version: "2.13.0+cu130",
      build: { kind: "cuda", version: "13.0" },
    });
  });

  it("have toolkits and drivers of their own, whatever this computer has", async () => {
    const { toolkits } = await look("lab1");
    expect(toolkits.driver).toMatchObject({ vendor: "nvidia", version: "580.105.08", cudaVersion: "13.0" });
    expect(toolkits.gpus).toHaveLength(8);
    expect(toolkits.gpus[0]?.computeCapability).toBe("9.0");
    expect(toolkits.toolkits.map(({ kind, version, active }) => ({ kind, version, active }))).toEqual([
      { kind: "cuda", version: "13.0.2", active: true },
      { kind: "cuda", version: "12.4.1", active: false },
    ]);
    const amd = await look("mi300");
    expect(amd.toolkits.driver).toMatchObject({ vendor: "amd", version: "6.12.12" });
    expect(amd.toolkits.toolkits.map(({ kind, version }) => `${kind} ${version}`)).toEqual(["rocm 6.4.0"]);
  });

  it("show what works and what does not", async () => {
    const grades = async (name: string) => {
      const { report, toolkits } = await look(name);
      return Object.fromEntries(
        report.environments.flatMap((environment) =>
          judge(toolkits, environment)
            .filter(({ subject }) => subject.startsWith("torch"))
            .map(({ grade }) => [environment.name, grade]),
        ),
      );
    };
    expect(await grades("lab1")).toMatchObject({ vision: "works", nanogpt: "works" });
    expect(await grades("rtx")).toMatchObject({ course: "works", newest: "fails", diffuse: "limited" });
    expect(await grades("mi300")).toMatchObject({ copied: "fails" });
  });
});
