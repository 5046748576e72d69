import { execFileSync, spawnSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { canonical } from "../../src/core/environments/survey/distributions";
import { environmentSize } from "../../src/core/environments/survey/environmentSize";
import { listPackages } from "../../src/core/environments/survey/listPackages";
import { surveyEnvironments } from "../../src/core/environments/survey/surveyEnvironments";
import { pythons } from "./environmentHome";
import { condaPackages, program, pythonPackages, venvFiles, writeHome } from "./environmentTrees";
import { some } from "./operationHost";
import { hosts, newFolder, writeTree } from "./transferHost";

const signal = () => new AbortController().signal;
const site = "lib/python3.12/site-packages";
const isRoot = process.getuid?.() === 0;
/** A user that nobody is, where tests run as root: what it leaves outside of the test's folder can be told and goes away. */
const stranger = 64_123;

/** Pythons with a pip of their own, and where their packages are. */
const withPip = pythons.flatMap((python) => {
  const asked = spawnSync(python, ["-c", "import pip, sys; print(sys.prefix)"], { encoding: "utf8" });
  return asked.status === 0 ? [{ python, prefix: asked.stdout.trim() }] : [];
});

describe.skipIf(withPip.length === 0)(
  `packages${withPip.length === 0 ? " (no Python with pip on this machine)" : ""}`,
  () => {
    it.each(withPip)("of $prefix are those that pip lists", async ({ python, prefix }) => {
      const env = { PATH: "/usr/bin:/bin", HOME: newFolder(), PYTHONNOUSERSITE: "1" };
      const args = ["-m", "pip", "list", "--format=json", "--disable-pip-version-check"];
      const listed: { name: string; version: string }[] = JSON.parse(
        execFileSync(python, args, { env, encoding: "utf8" }),
      );
      const expected = listed.map(({ name, version }) => [canonical(name), version].join(" "));
      const [host] = hosts;
      if (!host) throw new Error("no shell");
      const found = (await listPackages(host.runner, prefix, signal())).map(
        ({ name, version }) => `${name} ${version}`,
      );
      expect(found).toEqual([...new Set(expected)].sort());
    });
  },
);

describe.each(some(hosts, "dash", "zsh"))("packages on a host with $name", (host) => {
  const { runner } = host;

  it("are listed by name, each once, with their builds, from the names of their metadata", async () => {
    const folder = newFolder();
    writeTree(folder, {
      ...venvFiles("."),
      ...pythonPackages(site, "torch-2.13.0+cu130", "flash_attn-2.7.4.post1", "Jinja2-3.1.4", "ruamel.yaml-0.18.6"),
      ...pythonPackages(site, "a.dotted_name-1!2.0rc1"),
      [`${site}/old-1.0-py3.12.egg-info/PKG-INFO`]: "Metadata-Version: 1.1\nName: old\nVersion: 1.0\n",
      [`${site}/vague.egg-info/PKG-INFO`]: "Metadata-Version: 1.1\nName: vague.name\nVersion: 7.1\nVersion: 8\n",
      [`${site}/single.egg-info`]: "Metadata-Version: 1.1\nName: single\nVersion: 0.1\n",
      [`${site}/broken.dist-info/`]: "",
      [`${site}/torch/__init__.py`]: "",
      "lib/python3.11/site-packages/left-1.0.dist-info/": "",
    });
    expect(await listPackages(runner, folder, signal())).toEqual([
      { name: "a-dotted-name", version: "1!2.0rc1" },
      { name: "flash-attn", version: "2.7.4.post1" },
      { name: "jinja2", version: "3.1.4" },
      { name: "old", version: "1.0" },
      { name: "ruamel-yaml", version: "0.18.6" },
      { name: "single", version: "0.1" },
      { name: "torch", version: "2.13.0+cu130", build: { kind: "cuda", version: "13.0" } },
      { name: "vague-name", version: "7.1" },
    ]);
  });

  it("of conda come with their channels, and what pip put over them with its own version", async () => {
    const folder = newFolder();
    writeTree(folder, {
      ...condaPackages(".", "conda create -n x", "python-3.12.4-h1_0", "numpy-2.1.3-py312_0", "pip-24.2-pyh8b19718_1"),
      "conda-meta/mkl-2024.2.0-ha957f24_103.json": "{}",
      ...pythonPackages(site, "numpy-2.1.3", "pip-25.0", "tqdm-4.67.1"),
    });
    expect(await listPackages(runner, folder, signal())).toEqual([
      { name: "mkl", version: "2024.2.0" },
      { name: "numpy", version: "2.1.3", channel: "conda-forge" },
      { name: "pip", version: "25.0" },
      { name: "python", version: "3.12.4", channel: "conda-forge" },
      { name: "tqdm", version: "4.67.1" },
    ]);
  });

  it("are none in an empty environment, whatever it is called", async () => {
    const folder = join(newFolder(), '-it\'s `x` $HOME "q" *\nline');
    mkdirSync(join(folder, site), { recursive: true });
    expect(await listPackages(runner, folder, signal())).toEqual([]);
  });

  it("with hostile names name nothing that is not there", async () => {
    const folder = newFolder();
    writeTree(folder, {
      ...venvFiles("."),
      [`${site}/evil\nmeta\nx-1.0.dist-info/`]: "",
      [`${site}/-rf-1.0.dist-info/`]: "",
      [`${site}/*-1.0.dist-info/`]: "",
      [`${site}/\u001b[31m-1.0.dist-info/`]: "",
      [`${site}/end`]: "",
      [`${site}/good-1.0.dist-info/`]: "",
      [`${site}/liar.egg-info`]: `Name: ${"x".repeat(1000)}\nVersion: 1\nName: $(id)\nVersion: 2`,
    });
    expect(await listPackages(runner, folder, signal())).toEqual([{ name: "good", version: "1.0" }]);
  });

  it("of an environment that is gone, or closed, cannot be listed", async () => {
    const folder = newFolder();
    await expect(listPackages(runner, `${folder}/none`, signal())).rejects.toMatchObject({
      problem: { reason: "hostNoSuchPath", path: `${folder}/none` },
    });
    await expect(environmentSize(runner, `${folder}/none`, signal())).rejects.toMatchObject({
      problem: { reason: "hostNoSuchPath" },
    });
    await expect(environmentSize(runner, `${folder}/a\nb`, signal())).rejects.toMatchObject({
      problem: { reason: "hostPathUnusable" },
    });
  });

  it("take the space that they take", async () => {
    const folder = join(newFolder(), "an environment's");
    writeTree(folder, { "lib/big": Buffer.alloc(3_000_000, 1).toString(), "lib/small": "x" });
    const size = await environmentSize(runner, folder, signal());
    expect(size).toBeGreaterThan(3_000_000);
    expect(size).toBeLessThan(3_100_000);
    await expect(environmentSize(runner, folder, AbortSignal.abort())).rejects.toMatchObject({
      problem: { reason: "cancelled" },
    });
  });

  it.skipIf(!isRoot)(
    `are found with a home that cannot be written to, and what was read is kept elsewhere${isRoot ? "" : " (needs root)"}`,
    async () => {
      const home = newFolder();
      writeHome(home, { files: venvFiles("work/.venv"), links: { "work/.venv/bin/python": program } });
      chmodSync(join(home, ".."), 0o755);
      chmodSync(home, 0o755);
      const instead = `/var/tmp/tensorline-${stranger}`;
      rmSync(instead, { recursive: true, force: true, maxRetries: 5 });
      const asStranger = ["/usr/bin/setpriv", `--reuid=${stranger}`, `--regid=${stranger}`, "--clear-groups"];
      const poor = host.with({ HOME: home }, asStranger);
      const look = async () => {
        const { report } = await surveyEnvironments(poor, { searchPaths: ["~"], depth: 2 }, signal());
        return report.environments.filter(({ prefix }) => prefix.startsWith(home));
      };
      try {
        // Somebody else was there first: nothing is believed of theirs, and nothing written.
        mkdirSync(`${instead}/hosts`, { recursive: true });
        expect(await look()).toMatchObject([{ manager: "venv", pythonVersion: "3.12.4" }]);
        expect(readdirSync(`${instead}/hosts`)).toEqual([]);
        rmSync(instead, { recursive: true });
        expect(await look()).toMatchObject([{ manager: "venv", pythonVersion: "3.12.4" }]);
        expect(lstatSync(instead)).toMatchObject({ uid: stranger });
        expect(lstatSync(instead).mode & 0o777).toBe(0o700);
        expect(readdirSync(`${instead}/hosts`)).toHaveLength(1);
        expect(await look()).toMatchObject([{ manager: "venv", pythonVersion: "3.12.4" }]);
        expect(existsSync(join(home, ".local"))).toBe(false);
      } finally {
        rmSync(instead, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  );

  it.skipIf(!isRoot)(`are found where there is no place to keep anything${isRoot ? "" : " (needs root)"}`, async () => {
    const home = newFolder();
    writeHome(home, { files: venvFiles("work/.venv"), links: { "work/.venv/bin/python": program } });
    // A file where a folder is wanted, and somebody's link.
    writeFileSync(join(home, ".local"), "");
    chmodSync(join(home, ".."), 0o755);
    chownSync(home, stranger, stranger);
    symlinkSync("/nonexistent", `/var/tmp/tensorline-${stranger}`);
    try {
      const asStranger = ["/usr/bin/setpriv", `--reuid=${stranger}`, `--regid=${stranger}`, "--clear-groups"];
      const poor = host.with({ HOME: home }, asStranger);
      const { report } = await surveyEnvironments(poor, { searchPaths: ["~"], depth: 2 }, signal());
      expect(report.environments.filter(({ prefix }) => prefix.startsWith(home))).toMatchObject([{ manager: "venv" }]);
      expect(report.warnings).toEqual([]);
    } finally {
      rmSync(`/var/tmp/tensorline-${stranger}`);
    }
  });
});
