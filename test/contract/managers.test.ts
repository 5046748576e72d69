import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { ManagerTools } from "../../src/core/environments/manager";
import { managers } from "../../src/core/environments/managers";
import type { FoundPrefix, SurveyedHost } from "../../src/core/environments/survey";
import { surveyEnvironments } from "../../src/core/environments/survey/surveyEnvironments";
import { createLocalRunner } from "../mocks/localRunner";
import { trees, writeHome } from "../shell/environmentTrees";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "tensorline-managers-")));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const tools: ManagerTools = Object.fromEntries(managers.map(({ id }) => [id, `/opt/bin/${id}`]));
const host: SurveyedHost = { envsFolders: new Set(), tools, projectFiles: () => [] };
const nothing: FoundPrefix = { prefix: "/srv/data", via: "search", distributions: [], buildTexts: [] };
const vias = ["conda", "list", "pyenv", "uv", "poetry", "workon", "path", "system", "search"] as const;

test("no two managers have the same name", () => {
  expect(new Set(managers.map(({ id }) => id)).size).toBe(managers.length);
});

describe.each(managers)("manager $id", (manager) => {
  test("has an imitated tree, in which its environment is found", async () => {
    const tree = trees[manager.id];
    if (!tree) throw new Error("environmentTrees.ts has no tree for it");
    const home = join(scratch, manager.id);
    writeHome(home, tree);
    const expand = (text: string) => text.replaceAll("~", home);
    const env = Object.fromEntries(Object.entries(tree.env ?? {}).map(([name, value]) => [name, expand(value)]));
    const runner = createLocalRunner({ env: { PATH: "/usr/bin:/bin", HOME: home, ...env } });
    const options = { searchPaths: ["~"], depth: 3 };
    const { report } = await surveyEnvironments(runner, options, new AbortController().signal);
    const found = report.environments.find(({ prefix }) => prefix === expand(tree.finds.prefix));
    const { project } = tree.finds;
    expect(found).toMatchObject({
      manager: manager.id,
      ...tree.finds,
      prefix: expand(tree.finds.prefix),
      ...(project !== undefined && { project: expand(project) }),
    });
    expect(found?.error).toBeUndefined();
    expect(found?.interpreter).toMatch(/\/bin\/python3?$/);
  });

  test("claims nothing that is no environment, wherever it stands, and breaks over no nonsense", () => {
    const nonsense = "\u0000../../x\u202e";
    for (const via of vias) {
      if (via === "system" || via === "list" || via === "conda" || via === "pyenv" || via === "uv") continue;
      expect(manager.recognise({ ...nothing, via }, host)).toBeUndefined();
    }
    const strange: FoundPrefix = {
      ...nothing,
      interpreter: { path: "/x", state: "dangling", target: nonsense },
      machine: nonsense,
      settings: { home: nonsense, version: nonsense, uv: "" },
      condaMeta: [nonsense, "python-.json"],
      library: nonsense,
      distributions: [{ name: "torch", version: nonsense }],
      buildTexts: ["torch cuda = ", "tensorflow 'is_cuda_build'"],
    };
    for (const via of vias) expect(manager.recognise({ ...strange, via }, host)?.pythonVersion).toBeUndefined();
  });

  test("answers no tool where the host has none", () => {
    expect(manager.tool?.({})).toBeUndefined();
  });
});
