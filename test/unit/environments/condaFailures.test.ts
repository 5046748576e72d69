import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { operationProblem } from "../../../src/core/environments/managers/commands/failures";
import { sentence } from "../../../src/core/words";

/** Written by us in the format of recorded runs; each says what it imitates and what is to be made of it. */
interface Run {
  readonly imitates: string;
  readonly argv: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly problem?: object;
}
const runs: readonly Run[] = JSON.parse(
  readFileSync(new URL("../../fixtures/conda/runs.json", import.meta.url), "utf8"),
);

const title = "Creating the environment train";
const failed = runs.filter((run) => run.problem !== undefined);

describe("an operation that failed", () => {
  test.each(failed.map((run) => [run.imitates, run.argv.join(" "), run] as const))("%s: %s", (_who, _argv, run) => {
    const problem = operationProblem(title, run.exit, run.stdout + run.stderr);
    expect(problem).toMatchObject(run.problem ?? {});
    expect(sentence(problem).length).toBeLessThan(600);
    expect(JSON.stringify(problem)).not.toContain("ab-12345678-cd");
  });

  test.each([
    [41, "environmentExists"],
    [42, "environmentProtected"],
    [43, "managerMissing"],
    [44, "environmentBroken"],
    [45, "environmentBusy"],
    [46, "hostNoSuchPath"],
    [47, "environmentBroken"],
  ])("our own exit code %i is %s", (code, reason) => {
    const log = `Solving\ntensorline ${code}: /home/ada/envs/train: it is so; nothing was changed\n`;
    expect(operationProblem(title, code, log).reason).toBe(reason);
    expect(JSON.stringify(operationProblem(title, code, log))).toContain("/home/ada/envs/train");
  });

  test("another tool's exit code is not taken for one of ours", () => {
    expect(operationProblem(title, 1, "tensorline 41: /e: it is there\nsomething else\n").reason).toBe(
      "operationFailed",
    );
  });

  test("what nothing is known about keeps the last words, without bars, colours and secrets", () => {
    const log =
      "\u001b[32mstart\u001b[0m\ntorch   50% |=====     |\rtorch 100% |==========|\n" +
      "fetching https://ada:secret@mirror.example/t/abcdef12/x\rconda: \u001b[31mSegmentation fault\u001b[0m at https://ada:secret@mirror.example/t/abcdef12/x\n" +
      "━━━━━━━━━━ 1.2/3.4 GB\n\n----\n";
    expect(operationProblem(title, 139, log)).toEqual({
      reason: "operationFailed",
      title,
      exitCode: 139,
      detail: "conda: Segmentation fault at https://…@mirror.example/t/…/x",
    });
    expect(operationProblem(title, undefined, "")).toEqual({ reason: "operationFailed", title, detail: "" });
  });

  test("hostile text ends in a bounded sentence, and soon", () => {
    const nasty = [
      "{".repeat(200_000),
      "A".repeat(200_000),
      `${"a/".repeat(100_000)}`,
      "CondaHTTPError: ".repeat(10_000),
      "└─ ".repeat(50_000),
    ];
    for (const log of nasty) expect(sentence(operationProblem(title, 1, log)).length).toBeLessThan(600);
  });
});
