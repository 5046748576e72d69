import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import type { CreateWish } from "../../src/core/environments/manager";
import { uvCommands } from "../../src/core/environments/managers/commands/uv";
import { venvCommands } from "../../src/core/environments/managers/commands/venv";
import { virtualenvCommands } from "../../src/core/environments/managers/commands/virtualenv";
import { fullRun } from "./operationHost";
import {
  carryOut,
  environmentAt,
  fingerprint,
  leftovers,
  newFolder,
  output,
  python,
  pythons,
  readText,
  scratchLeft,
  uv,
  writeWheel,
} from "./pipHost";

const slow = 300_000;
const wheels = newFolder();
const offline = { packages: [], offlineFolder: wheels };
const byAge = Object.entries(pythons).sort(([a], [b]) => Number(a.slice(2)) - Number(b.slice(2)));
const somePythons = byAge.filter((_, at) => fullRun || at === 0);

beforeAll(() => {
  writeWheel(wheels, "alpha", "1.0");
  writeWheel(wheels, "alpha", "2.0", { data: "share/alpha/note" });
  writeWheel(wheels, "beta", "1.0", { requires: ["alpha<2"] });
  writeWheel(wheels, "damaged", "1.0", { requires: ["alpha>=2"], damaged: true });
}, slow);

/** A virtualenv of its own from the package index that this machine is set up with; nothing where there is none. */
function installVirtualenv(): string | undefined {
  const prefix = join(newFolder(), "virtualenv");
  try {
    output(python, "-m", "venv", prefix);
    output(`${prefix}/bin/python`, "-m", "pip", "install", "--quiet", "--retries", "0", "virtualenv>=20");
    return `${prefix}/bin/virtualenv`;
  } catch {
    return undefined;
  }
}
const virtualenv = installVirtualenv();

describe.each([
  { name: "venv", commands: venvCommands, tool: python, missing: undefined },
  {
    name: "virtualenv",
    commands: virtualenvCommands,
    tool: virtualenv ?? "",
    missing: virtualenv ? undefined : "no virtualenv",
  },
  { name: "a stand-in for uv", commands: uvCommands, tool: uv, missing: undefined },
])("with $name ($missing)", ({ commands, tool, missing }) => {
  it.skipIf(missing !== undefined)(
    "an environment is made, changed, listed, cloned, repaired and deleted",
    async () => {
      const place = newFolder();
      const prefix = join(place, "train");
      const wish: CreateWish = { ...offline, place, name: "train", python, packages: ["beta"] };
      expect(await carryOut(commands.create(tool, wish))).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      const environment = environmentAt(prefix);

      const made = fingerprint(prefix);
      const damaged = await carryOut(commands.install(tool, environment, { ...offline, packages: ["damaged"] }));
      expect(damaged.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(made);

      const install = commands.install(tool, environment, { ...offline, packages: ["alpha"], upgrade: true });
      expect(await carryOut(install)).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("2.0");
      expect(await carryOut(commands.uninstall(tool, environment, ["beta"]))).toMatchObject({ exitCode: 0 });

      const [format] = commands.exports;
      const [freeze = "", ...words] = format?.argv(tool, environment) ?? [];
      expect(output(freeze, ...words).split("\n")).toContain("alpha==2.0");

      const copy = await carryOut(commands.clone(tool, environment, { ...offline, place, name: "copy" }));
      expect(copy).toMatchObject({ exitCode: 0 });
      expect(output(join(place, "copy/bin/alpha"))).toBe("2.0");
      expect(existsSync(join(place, "copy/bin/beta"))).toBe(false);

      for (const name of readdirSync(`${prefix}/bin`).filter((file) => /^python3?(\.\d+)?$/.test(file))) {
        rmSync(`${prefix}/bin/${name}`);
        symlinkSync("/nowhere/bin/python", `${prefix}/bin/${name}`);
      }
      expect(() => output(`${prefix}/bin/alpha`)).toThrow();
      const repaired = await carryOut(commands.repair(tool, environment), {
        env: { PATH: `${join(python, "..")}:/usr/bin:/bin` },
      });
      expect(repaired).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("2.0");

      expect(await carryOut(commands.remove(tool, environment))).toMatchObject({ exitCode: 0 });
      expect(readdirSync(place)).toEqual(["copy"]);
      expect([...leftovers(place), ...scratchLeft()]).toEqual([]);
    },
    slow,
  );
});

describe.each(somePythons)("with Python %s", (version, interpreter) => {
  it(
    "an odd name is no obstacle, and what fails is put back",
    async () => {
      const place = newFolder();
      const name = "-it's my énv 試";
      const prefix = join(place, name);
      const made = await carryOut(venvCommands.create(interpreter, { ...offline, place, name, packages: ["beta"] }));
      expect(made).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      const before = fingerprint(prefix);
      const wish = { ...offline, packages: ["alpha==2.0", "damaged"] };
      const failed = await carryOut(venvCommands.install(interpreter, environmentAt(prefix), wish));
      expect(failed.exitCode).not.toBe(0);
      expect(failed.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);
      expect(output(`${prefix}/bin/python`, "--version")).toContain(version);
      expect(await carryOut(venvCommands.remove(interpreter, environmentAt(prefix)))).toMatchObject({ exitCode: 0 });
      expect(readdirSync(place)).toEqual([]);
    },
    slow,
  );
});

describe.skipIf(byAge.length < 2)("where only another Python is left (needs two Pythons)", () => {
  it(
    "a repair makes the environment anew with the same packages, or leaves it as it is",
    async () => {
      const [[had = "", old = ""] = [], [, other = ""] = []] = byAge.slice(-2);
      const prefix = join(newFolder(), "train");
      await carryOut(venvCommands.create(old, { ...offline, prefix, packages: ["beta"] }));
      for (const name of readdirSync(`${prefix}/bin`).filter((file) => file.startsWith("python"))) {
        rmSync(`${prefix}/bin/${name}`);
        symlinkSync("/nowhere/bin/python", `${prefix}/bin/${name}`);
      }
      const before = fingerprint(prefix);
      const environment = environmentAt(prefix, { pythonVersion: `${had}.1` });
      const plan = venvCommands.repair(other, environment);
      expect(plan.destroys).toContain(prefix);

      // Its packages are on no index that this host can reach.
      const failed = await carryOut(plan, { env: { PIP_NO_INDEX: "1", PYENV_ROOT: "/nowhere" } });
      expect(failed.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);

      const found = { PIP_NO_INDEX: "1", PIP_FIND_LINKS: wheels, PYENV_ROOT: "/nowhere" };
      expect(await carryOut(plan, { env: found })).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      expect(leftovers(prefix)).toEqual([]);
    },
    slow,
  );
});

describe("the lock of an environment", () => {
  it(
    "is asked of uv as it documents that",
    async () => {
      const prefix = join(newFolder(), "train");
      await carryOut(uvCommands.create(uv, { ...offline, prefix, packages: ["beta"] }));
      const format = uvCommands.exports.find(({ file }) => file === "pylock.toml");
      const [program = "", ...words] = format?.argv(uv, environmentAt(prefix)) ?? [];
      expect(output(program, ...words)).toContain('[[packages]]\nname = "alpha"\nversion = "1.0"');
    },
    slow,
  );
});

describe("files that packages are named in", () => {
  it(
    "are read where they stand",
    async () => {
      const project = newFolder();
      writeFileSync(join(project, "requirements.txt"), "-r more.txt\n./alpha-1.0-py3-none-any.whl\n");
      writeFileSync(join(project, "more.txt"), "beta\n");
      writeWheel(project, "alpha", "1.0");
      // Modules of the project with the names of those that pip needs.
      writeFileSync(join(project, "json.py"), "raise SystemExit(9)\n");
      const prefix = join(project, ".venv");
      const file = join(project, "requirements.txt");
      expect(await carryOut(venvCommands.create(python, { ...offline, prefix, file }))).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/beta`)).toBe("1.0");
    },
    slow,
  );

  it(
    "may be a lock of uv, with uv",
    async () => {
      const project = newFolder();
      writeFileSync(join(project, "uv.lock"), 'version = 1\n[[package]]\nname = "beta"\nversion = "1.0"\n');
      const prefix = join(project, ".venv");
      const wish = { ...offline, prefix, file: join(project, "uv.lock") };
      expect(await carryOut(venvCommands.create(python, wish))).toMatchObject({ exitCode: 43, undone: 0 });
      expect(readdirSync(project)).toEqual(["uv.lock"]);
      expect(await carryOut(uvCommands.create(uv, { ...wish, python }))).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/beta`)).toBe("1.0");
    },
    slow,
  );

  it("must be there", async () => {
    const folder = newFolder();
    const wish = { ...offline, prefix: join(folder, "train"), file: join(folder, "requirements.txt") };
    expect(await carryOut(venvCommands.create(python, wish))).toMatchObject({ exitCode: 46, undone: 0 });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe("what is no environment", () => {
  it("is never deleted", async () => {
    const folder = newFolder();
    for (const name of ["plain", "home/sub/train", "conda/conda-meta", "conda"]) {
      mkdirSync(join(folder, name), { recursive: true });
    }
    for (const name of ["home/pyvenv.cfg", "conda/pyvenv.cfg", "home/sub/train/pyvenv.cfg"])
      writeFileSync(join(folder, name), "");
    symlinkSync("home/sub/train", join(folder, "link"));
    const before = fingerprint(folder);
    const codes: Record<string, number> = {};
    for (const name of ["plain", "home", "conda", "link", "nowhere"]) {
      const plan = venvCommands.remove(python, environmentAt(join(folder, name)));
      codes[name] = (await carryOut(plan, { env: { HOME: join(folder, "home/sub") } })).exitCode;
    }
    expect(codes).toEqual({ plain: 44, home: 42, conda: 42, link: 42, nowhere: 44 });
    const root = await carryOut(venvCommands.remove(python, environmentAt("/")), {
      env: { HOME: join(folder, "home") },
    });
    expect(root.exitCode).toBe(42);
    expect(fingerprint(folder)).toBe(before);
    expect(readText(join(folder, "link/pyvenv.cfg"))).toBe("");
  });
});
