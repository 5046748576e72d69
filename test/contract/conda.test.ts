import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { operationProblem } from "../../src/core/environments/managers/commands/failures";
import { firstJson } from "../../src/core/environments/managers/commands/firstJson";
import claimPart from "../../src/core/environments/managers/commands/scripts/claim.sh";
import foldersPart from "../../src/core/environments/managers/commands/scripts/condaFolders.sh";

interface Run {
  readonly argv: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Real runs of conda 26.7.1; they are not part of the repository. */
const captures = process.env.TENSORLINE_CAPTURES ?? fileURLToPath(new URL("../../../shared/captures", import.meta.url));
const recordedFile = join(captures, "conda/conda-26.7.1.json");
const isHere = existsSync(recordedFile);
if (!isHere) console.warn(`real runs of conda are left out: there is no ${recordedFile} (TENSORLINE_CAPTURES)`);
const recorded: readonly Run[] = isHere ? JSON.parse(readFileSync(recordedFile, "utf8")) : [];

const ownRuns: readonly Run[] = JSON.parse(
  readFileSync(new URL("../fixtures/conda/runs.json", import.meta.url), "utf8"),
);

const scratch = mkdtempSync(join(tmpdir(), "tensorline-contract-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** Where named environments are, as the script reads it from what a tool prints. */
function foldersFrom(info: string): readonly string[] {
  const answer = join(scratch, "answer");
  const tool = join(scratch, "tool");
  writeFileSync(answer, info);
  writeFileSync(tool, `#!/bin/sh\ncat '${answer}'\n`, { mode: 0o755 });
  const script = `${claimPart}\n${foldersPart}\ntool=$1\nfind_folders && printf '%s' "$folders"`;
  const env = { PATH: "/usr/bin:/bin", TENSORLINE_OPERATION: "contract" };
  return execFileSync("sh", ["-c", script, "sh", tool], { encoding: "utf8", env }).split("\n");
}

const jsonOf = (run: Run) => firstJson(run.stdout) as Readonly<Record<string, unknown>>;
const isInfo = ({ argv }: Run) => argv[1] === "info" && argv[2] === "--json";

const expectedProblems: readonly (readonly [string, object])[] = [
  ["PackagesNotFoundInChannelsError", { reason: "packageNotFound", names: "nosuchpkg" }],
  [
    "CondaHTTPError",
    { reason: "packageIndexUnreachable", detail: "https://conda.invalid/ch/linux-64/current_repodata.json" },
  ],
  ["UnsatisfiableError", { reason: "packagesConflict", detail: expect.stringContaining("hello") }],
  ["EnvironmentLocationNotFound", { reason: "environmentBroken", name: expect.stringMatching(/^\//) }],
  ["CondaValueError", { reason: "operationFailed" }],
];

describe.skipIf(!isHere)("conda 26.7.1 (left out where its recorded runs are absent)", () => {
  const errors = recorded.filter(({ exit, stdout }) => exit !== 0 && stdout.includes("exception_name"));

  test("every recorded error is known, as JSON and as the text that conda prints without --json", () => {
    expect(errors.length).toBeGreaterThan(7);
    for (const run of errors) {
      const { exception_name: name, error } = jsonOf(run);
      const [, expected] = expectedProblems.find(([exception]) => exception === name) ?? [];
      if (expected === undefined) throw new Error(`nothing is expected for ${String(name)}`);
      expect(operationProblem("Creating train", run.exit, run.stderr + run.stdout)).toMatchObject(expected);
      expect(operationProblem("Creating train", run.exit, `${run.stderr}\n${String(error)}\n`)).toMatchObject(expected);
    }
  });

  test("the folders of named environments are read from its info", () => {
    const info = recorded.filter(isInfo);
    expect(info.length).toBeGreaterThan(0);
    for (const run of info) expect(foldersFrom(run.stdout)).toEqual(jsonOf(run).envs_dirs);
  });
});

describe("our own runs in the same format", () => {
  test("the folders of named environments are read whatever stands before them", () => {
    const info = ownRuns.filter(isInfo);
    expect(info.length).toBe(2);
    for (const run of info) {
      const answer = jsonOf(run);
      expect(foldersFrom(run.stdout)).toEqual(answer.envs_dirs ?? answer["envs directories"]);
    }
  });
});
