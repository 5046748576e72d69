import { describe, expect, test } from "vitest";
import { condaCommands } from "../../../src/core/environments/managers/commands/conda";
import { parseOutdated } from "../../../src/core/environments/managers/commands/condaOutdated";
import { firstJson } from "../../../src/core/environments/managers/commands/firstJson";
import { mambaCommands } from "../../../src/core/environments/managers/commands/mamba";
import { maskSecrets } from "../../../src/core/environments/managers/commands/maskSecrets";
import { micromambaCommands } from "../../../src/core/environments/managers/commands/micromamba";
import { pixiCommands } from "../../../src/core/environments/managers/commands/pixi";
import { poetryCommands } from "../../../src/core/environments/managers/commands/poetry";
import { pyenvCommands } from "../../../src/core/environments/managers/commands/pyenv";
import { isFailure } from "../../../src/core/failure";
import type { Environment } from "../../../src/shared/environments";

const tool = "/opt/conda/bin/conda";
const train: Environment = { manager: "conda", name: "train", prefix: "/home/ada/envs/train", packages: [] };

function failureOf(act: () => unknown): object | undefined {
  try {
    act();
  } catch (error) {
    return isFailure(error) ? error.problem : undefined;
  }
  return undefined;
}

describe("names and folders of new environments", () => {
  test.each(["train", "größe", "日本", "a.b_c-1+2", "e\u0301tude"])("%s is one", (name) => {
    expect(condaCommands.create?.(tool, { name, packages: [] }).operation.parameters).toContain(name);
  });

  test.each([
    ["", "it is empty"],
    ["base", "that is the manager’s own environment"],
    ["root", "that is the manager’s own environment"],
    ["-rf", "a leading dash would be read as an option"],
    ["..", "a leading dot hides it"],
    ["my env", "it holds a space"],
    ["a/b", "it holds “/”"],
    ["a:b", "it holds “:”"],
    ["a#b", "it holds “#”"],
    ["it's", "it holds “'”"],
    ['say "x"', "it holds a space"],
    ["$(reboot)", "it holds “$”"],
    ["a\nb", "it holds control characters"],
    ["rocket🚀", "it holds “🚀”"],
    ["ä".repeat(51), "it is longer than 100 bytes"],
  ])("%j is none", (name, why) => {
    for (const { create } of [condaCommands, mambaCommands, micromambaCommands]) {
      expect(failureOf(() => create?.(tool, { name, packages: [] }))).toEqual({
        reason: "environmentNameUnusable",
        name,
        why,
      });
    }
  });

  test.each(["relative/env", "/", "/a:b", "/a\nb", "~", "-p"])("%j is no folder for one", (prefix) => {
    expect(failureOf(() => condaCommands.create?.(tool, { prefix, packages: [] }))).toMatchObject({
      reason: "environmentNameUnusable",
      name: prefix,
    });
  });

  test("the prefix is known beforehand where it is asked for", () => {
    expect(condaCommands.create?.(tool, { prefix: "/data//envs/x/", packages: [] }).prefix).toBe("/data/envs/x");
    expect(condaCommands.create?.(tool, { prefix: "~/envs/x", packages: [] }).prefix).toBeUndefined();
    expect(condaCommands.create?.(tool, { name: "x", packages: [] }).prefix).toBeUndefined();
  });
});

describe("what is asked of conda and its relatives", () => {
  test("nothing that is told to remove what is there, and no name that is looked up twice", () => {
    for (const { create } of [condaCommands, mambaCommands, micromambaCommands]) {
      const { parameters } = create?.(tool, { name: "x", python: "3.12", packages: ["torch"] }).operation ?? {};
      expect(parameters?.slice(4)).toEqual(["5", tool, "install", "--yes", "python=3.12", "torch"]);
    }
  });

  test("the commands are shown as a person would type them", () => {
    const wish = { name: "x", python: "3.12", packages: ["numpy>=2"], indexUrl: "https://mirror.example/c" };
    expect(condaCommands.create?.(tool, wish).commands).toEqual([
      "conda create --name x",
      "conda install --yes --override-channels --channel https://mirror.example/c python=3.12 'numpy>=2' --name x",
    ]);
    expect(condaCommands.install?.(tool, train, { packages: ["a"], upgrade: true }).commands).toEqual([
      "conda update --yes a --prefix /home/ada/envs/train",
    ]);
    expect(condaCommands.install?.(tool, train, { packages: [], upgrade: true }).commands).toEqual([
      "conda update --yes --all --prefix /home/ada/envs/train",
    ]);
    expect(condaCommands.remove?.(tool, train)).toMatchObject({
      commands: ["rm -rf /home/ada/envs/train"],
      destroys: expect.stringContaining("/home/ada/envs/train"),
    });
  });

  test("a folder of packages on the host is the only channel, and nothing is fetched", () => {
    const wish = { packages: ["a"], offlineFolder: "/data/channel" };
    expect(condaCommands.install?.(tool, train, wish).commands).toEqual([
      "conda install --yes --offline --override-channels --channel /data/channel a --prefix /home/ada/envs/train",
    ]);
    const fromFile = { packages: [], offlineFolder: "/data/channel", file: "/p/environment.yml" };
    expect(condaCommands.install?.(tool, train, fromFile).operation.parameters.slice(4)).toEqual([
      ...["10", "env", "CONDA_CHANNELS=/data/channel", "CONDA_OFFLINE=true"],
      ...[tool, "env", "update", "--file", "/p/environment.yml", "--prefix", train.prefix],
    ]);
    expect(micromambaCommands.install?.(tool, train, fromFile).operation.parameters).toContain("install");
  });

  test.each(["https://ada:secret@mirror.example/c", "https://conda.anaconda.org/t/secret-token/lab"])(
    "%s stands in no argument, no text and no title",
    (indexUrl) => {
      for (const { create, install } of [condaCommands, mambaCommands, micromambaCommands]) {
        for (const file of [undefined, "/p/environment.yml", "/p/lock.txt"]) {
          const wish = { packages: ["a"], indexUrl, ...(file !== undefined && { file }) };
          for (const plan of [create?.(tool, { name: "x", ...wish }), install?.(tool, train, wish)]) {
            const { secrets, ...operation } = plan?.operation ?? {};
            expect(secrets).toEqual({ CONDA_CHANNELS: indexUrl });
            expect(JSON.stringify({ ...plan, operation })).not.toContain("secret");
          }
        }
      }
    },
  );

  test("options in the place of packages, files and folders are refused", () => {
    for (const { create, install, uninstall } of [condaCommands, mambaCommands, micromambaCommands]) {
      const packages = ["--copy"];
      expect(failureOf(() => create?.(tool, { name: "x", packages }))).toMatchObject({ reason: "packageUnusable" });
      expect(failureOf(() => install?.(tool, train, { packages }))).toMatchObject({ reason: "packageUnusable" });
      expect(failureOf(() => uninstall?.(tool, train, packages))).toMatchObject({ reason: "packageUnusable" });
      for (const wish of [{ file: "--x" }, { indexUrl: "-c" }, { offlineFolder: "" }, { file: "/a\nb" }]) {
        expect(failureOf(() => install?.(tool, train, { packages: ["a"], ...wish }))).toMatchObject({
          reason: "hostPathUnusable",
        });
      }
    }
  });

  test("what is protected is changed by no operation", () => {
    const base: Environment = { ...train, name: "base", isProtected: true, project: "/p" };
    const commands = [condaCommands, mambaCommands, micromambaCommands, pixiCommands, poetryCommands];
    for (const { install, uninstall, remove } of commands) {
      for (const act of [
        () => install?.(tool, base, { packages: ["a"] }),
        () => uninstall?.(tool, base, ["a"]),
        () => remove?.(tool, base),
      ]) {
        expect(failureOf(act)).toEqual({ reason: "environmentProtected", name: "base" });
      }
    }
    expect(failureOf(() => condaCommands.repair?.(tool, base))).toMatchObject({ reason: "environmentProtected" });
  });

  test("no word holds a line feed, and no script holds a word", () => {
    const plan = condaCommands.install?.(tool, train, { packages: ["zebra-package"] });
    expect(plan?.operation.script).not.toContain("zebra-package");
    expect(plan?.operation.script).not.toContain(train.prefix);
    expect(plan?.operation.parameters.filter((word) => /[\n\0]/.test(word))).toEqual([]);
  });

  test("exports name the environment by its prefix", () => {
    const lines = [condaCommands, micromambaCommands].map(({ exports = [] }) =>
      exports.map(({ file, argv }) => `${file}: ${argv("T", train).join(" ")}`),
    );
    expect(lines).toEqual([
      [
        "environment.yml: T env export --prefix /home/ada/envs/train",
        "conda-lock.txt: T list --explicit --md5 --prefix /home/ada/envs/train",
        "requirements.txt: /home/ada/envs/train/bin/python -m pip --disable-pip-version-check list --format=freeze",
      ],
      [
        "environment.yml: T env export --prefix /home/ada/envs/train",
        "conda-lock.txt: T env export --explicit --prefix /home/ada/envs/train",
        "requirements.txt: /home/ada/envs/train/bin/python -m pip --disable-pip-version-check list --format=freeze",
      ],
    ]);
  });
});

describe("newer versions", () => {
  const answer = (actions: unknown) => JSON.stringify({ actions, dry_run: true, success: true });
  const record = (name: string, version: string) => ({ name, version, channel: "conda-forge" });

  test("are what would be linked in the place of something else", () => {
    const actions = {
      FETCH: [record("numpy", "2.3")],
      UNLINK: [record("numpy", "1.26"), record("same", "1"), record("gone", "1")],
      LINK: [record("numpy", "2.3"), record("same", "1"), record("new", "1")],
    };
    const expected = [{ name: "numpy", version: "1.26", latest: "2.3" }];
    expect(parseOutdated(`\u001b[33mWARNING {x}\u001b[0m\n${answer(actions)}\n`)).toEqual(expected);
    expect(parseOutdated(answer([actions]))).toEqual(expected);
  });

  test("are none where nothing would change", () => {
    const message = "All requested packages already installed.";
    expect(parseOutdated(JSON.stringify({ message, success: true }))).toEqual([]);
    expect(parseOutdated(answer({ LINK: ["defaults::numpy-1"], UNLINK: [7] }))).toEqual([]);
  });

  test.each(["", "Segmentation fault", '{"exception_name": "UnsatisfiableError", "message": "no"}'])(
    "are unknown where the answer is %j",
    (text) => {
      expect(failureOf(() => parseOutdated(text))).toMatchObject({ reason: "unreadable" });
    },
  );
});

describe("texts", () => {
  test("the first object of a text is found whatever stands around it", () => {
    expect(firstJson('WARNING {old} "quoted {"\n{"a": "}", "b": {"c": 1}} trailing }')).toEqual({
      a: "}",
      b: { c: 1 },
    });
    expect(firstJson("nothing { here")).toBeUndefined();
  });

  test("secrets in addresses are masked, and nothing else", () => {
    expect(maskSecrets("get https://ada:pw@h/c and https://h/t/ab-12/lab?token=x&a=b")).toBe(
      "get https://…@h/c and https://h/t/…/lab?token=…&a=b",
    );
    const plain = "https://h/path/t/x git+ssh://h/r /home/a@b/t/ /data/t/train/env numpy@1";
    expect(maskSecrets(plain)).toBe(plain);
  });
});

describe("environments of a project", () => {
  const pixi: Environment = { ...train, manager: "pixi", prefix: "/p/.pixi/envs/default", project: "/p" };

  test("pixi works in the project's folder, and changes no features that it does not know", () => {
    expect(pixiCommands.install?.("/bin/pixi", pixi, { packages: ["numpy"] }).commands).toEqual([
      "cd /p",
      "pixi add numpy",
    ]);
    const test2 = { ...pixi, prefix: "/p/.pixi/envs/test" };
    expect(pixiCommands.install?.("/bin/pixi", test2, { packages: [] }).commands).toEqual([
      "cd /p",
      "pixi install --environment test",
    ]);
    expect(failureOf(() => pixiCommands.install?.("/bin/pixi", test2, { packages: ["numpy"] }))).toMatchObject({
      reason: "environmentProtected",
    });
  });

  test("Poetry is not asked where nothing tells the project", () => {
    expect(failureOf(() => poetryCommands.install?.("/bin/poetry", train, { packages: ["numpy"] }))).toMatchObject({
      reason: "environmentBroken",
    });
    const plan = poetryCommands.install?.("/bin/poetry", { ...train, project: "/p" }, { packages: ["numpy"] });
    expect(plan?.commands).toEqual(["cd /p", "poetry add --no-interaction --no-ansi numpy"]);
    expect(plan?.operation.parameters).toContain("VIRTUAL_ENV=/home/ada/envs/train");
  });
});

describe("pyenv", () => {
  const create = (wish: object) => pyenvCommands.create?.("/bin/pyenv", { packages: [], ...wish });

  test("builds a version, or makes a virtual environment of one", () => {
    expect(create({ python: "3.12.4" })).toMatchObject({
      title: "Building Python 3.12.4",
      commands: ["pyenv install 3.12.4"],
    });
    expect(create({ python: "3.12", name: "x" })?.commands).toEqual(["pyenv virtualenv 3.12 x"]);
  });

  test.each([
    {},
    { python: "-f" },
    { python: "3.12", prefix: "/x" },
    { python: "3.12", name: "a b" },
    { python: "3.12", packages: ["a"] },
  ])("%j is refused", (wish) => {
    expect(failureOf(() => create(wish))).toMatchObject({ reason: "environmentNameUnusable" });
  });
});
