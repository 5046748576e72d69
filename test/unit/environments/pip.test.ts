import { describe, expect, it } from "vitest";
import { parseOutdated } from "../../../src/core/environments/managers/commands/outdated";
import { pipCommands } from "../../../src/core/environments/managers/commands/pip";
import { nameOf, prefixOf } from "../../../src/core/environments/managers/commands/place";
import { uvCommands } from "../../../src/core/environments/managers/commands/uv";
import { venvCommands } from "../../../src/core/environments/managers/commands/venv";
import { virtualenvCommands } from "../../../src/core/environments/managers/commands/virtualenv";
import type { Environment } from "../../../src/shared/environments";

const train: Environment = {
  manager: "venv",
  name: "train",
  prefix: "/home/ada/train",
  interpreter: "/home/ada/train/bin/python",
  pythonVersion: "3.12.4",
  packages: [],
};

describe("where an environment goes", () => {
  it.each([
    [{ name: "train" }, "~/.virtualenvs/train"],
    [{ name: "train", place: "/scratch/envs/" }, "/scratch/envs/train"],
    [{ name: "-x é 試 'quoted'", place: "~/envs" }, "~/envs/-x é 試 'quoted'"],
    [{ prefix: "/data/./a/../b/.venv/" }, "/data/b/.venv"],
  ])("is told by its name and place: %j", (wish, prefix) => {
    expect(prefixOf(wish)).toBe(prefix);
  });

  it.each([
    [{}, /no name/],
    [{ name: "  " }, /no name/],
    [{ name: ".." }, /there already/],
    [{ name: "a/b" }, /slash/],
    [{ name: "x".repeat(201) }, /200 bytes/],
    [{ name: "試".repeat(67) }, /200 bytes/],
    [{ name: "a\nb" }, /control/],
    [{ name: "a\u001b[31m" }, /control/],
    [{ name: 'a"b' }, /path with "/],
    [{ name: "a$(id)" }, /path with \$/],
    [{ name: "a`id`" }, /path with `/],
    [{ name: "a\\b" }, /path with \\/],
    [{ name: "a:b" }, /colon/],
    [{ prefix: "envs/train" }, /absolute/],
    [{ prefix: "~ada/train" }, /absolute/],
    [{ prefix: "" }, /absolute/],
  ])("is refused before anything happens: %j", (wish, why) => {
    const problem = { reason: "environmentNameUnusable", why: expect.stringMatching(why) };
    expect(() => prefixOf(wish)).toThrow(expect.objectContaining({ problem: expect.objectContaining(problem) }));
    expect(() => venvCommands.create("/usr/bin/python3", { packages: [], ...wish })).toThrow();
  });

  it("names an environment of a project after the project", () => {
    expect([nameOf("/home/ada/vision/.venv"), nameOf("/home/ada/envs/train")]).toEqual(["vision", "train"]);
  });
});

describe("a plan", () => {
  it("shows commands that a person could type", () => {
    const wish = { name: "my env", python: "3.12", packages: ["torch>=2"], file: "/p/requirements.txt" };
    expect(venvCommands.create("/usr/bin/python3", wish).commands).toEqual([
      "python3.12 -m venv ~/'.virtualenvs/my env'",
      "~/'.virtualenvs/my env/bin/python' -m pip install -r /p/requirements.txt 'torch>=2'",
    ]);
    expect(virtualenvCommands.create("/usr/bin/virtualenv", { prefix: "/e", packages: [] }).commands).toEqual([
      "/usr/bin/virtualenv /e",
    ]);
    expect(uvCommands.install("/bin/uv", train, { packages: ["torch"], upgrade: true }).commands).toEqual([
      "/bin/uv pip install --python /home/ada/train/bin/python --upgrade torch",
    ]);
    expect(venvCommands.clone("/usr/bin/python3", train, { prefix: "/e" }).commands).toHaveLength(3);
  });

  it("knows the prefix unless only the host does", () => {
    expect(venvCommands.create("/usr/bin/python3", { name: "a", packages: [] }).prefix).toBeUndefined();
    expect(venvCommands.create("/usr/bin/python3", { prefix: "/e/a", packages: [] }).prefix).toBe("/e/a");
  });

  it("hides what gives access", () => {
    const indexUrl = "https://ada:hush-hush@packages.example/simple";
    const extraIndexUrl = "https://token-1234@more.example/simple";
    const { commands, operation } = pipCommands.install("", train, { packages: ["a"], indexUrl, extraIndexUrl });
    expect(operation.secrets).toEqual({ TENSORLINE_INDEX_URL: indexUrl, TENSORLINE_EXTRA_INDEX_URL: extraIndexUrl });
    expect(JSON.stringify([commands, operation.parameters])).not.toMatch(/hush-hush|token-1234/);
    expect(commands[0]).toContain("'https://****@packages.example/simple'");
    const plain = pipCommands.install("", train, { packages: ["a"], indexUrl: "https://packages.example/simple" });
    expect(plain.operation.secrets).toBeUndefined();
    expect(plain.operation.parameters).toContain("https://packages.example/simple");
  });

  it.each(["", "--user", "-r", "a\nb", "a @ https://ada:secret@example.org/a.whl"])(
    "refuses the package %j",
    (word) => {
      expect(() => pipCommands.install("", train, { packages: [word] })).toThrow(
        expect.objectContaining({ problem: expect.objectContaining({ reason: "packageUnusable" }) }),
      );
      expect(() => pipCommands.uninstall("", train, [word])).toThrow();
      expect(() => venvCommands.create("/usr/bin/python3", { name: "a", packages: [word] })).toThrow();
    },
  );

  it("never changes what is protected", () => {
    const system: Environment = { ...train, isProtected: true };
    const refusal = expect.objectContaining({ problem: { reason: "environmentProtected", name: "train" } });
    expect(() => venvCommands.remove("", system)).toThrow(refusal);
    expect(() => venvCommands.repair("", system)).toThrow(refusal);
    expect(() => venvCommands.install("", system, { packages: ["a"] })).toThrow(refusal);
    expect(() => venvCommands.uninstall("", system, ["a"])).toThrow(refusal);
  });

  it("says what will be gone", () => {
    expect(venvCommands.remove("", train).destroys).toContain("/home/ada/train");
    expect(venvCommands.repair("/usr/bin/python3", train).destroys).toContain("Python 3.12");
    expect(venvCommands.repair("/usr/bin/python3.12", train).destroys).toBeUndefined();
    expect(venvCommands.uninstall("", train, ["a"]).destroys).toContain("a in");
    expect(venvCommands.install("", train, { packages: ["a"] }).destroys).toBeUndefined();
  });

  it("takes the tool that the host has", () => {
    const tools = { "python3.9": "/a/python3.9", "python3.12": "/a/python3.12", uv: "/a/uv", conda: "/a/conda" };
    expect(venvCommands.tool(tools)).toBe("/a/python3.12");
    expect(venvCommands.tool({ ...tools, python3: "/usr/bin/python3" })).toBe("/usr/bin/python3");
    expect([venvCommands.tool({}), virtualenvCommands.tool(tools), uvCommands.tool(tools)]).toEqual([
      undefined,
      undefined,
      "/a/uv",
    ]);
  });
});

describe("the list of newer versions", () => {
  it("is read between warnings", () => {
    const list = '[{"name": "torch", "version": "2.1.0", "latest_version": "2.9.1", "latest_filetype": "wheel"}]';
    expect(parseOutdated(`WARNING: old pip\n${list}\nDEPRECATION: x\n`)).toEqual([
      { name: "torch", version: "2.1.0", latest: "2.9.1" },
    ]);
    expect(parseOutdated("[]\n")).toEqual([]);
  });

  it.each(["", "ERROR: no network", "[1]", '[{"name": "a"}]', "[{"])("is not made up of %j", (text) => {
    expect(() => parseOutdated(text)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "unreadable" }) }),
    );
  });
});
