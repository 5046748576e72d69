import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { venvCommands } from "../../src/core/environments/managers/commands/venv";
import { some } from "./operationHost";
import {
  allHosts,
  carryOut,
  environmentAt,
  fingerprint,
  leftovers,
  newFolder,
  output,
  python,
  scratchLeft,
  writeWheel,
} from "./pipHost";

const wheels = newFolder();
beforeAll(() => {
  writeWheel(wheels, "alpha", "1.0");
  writeWheel(wheels, "alpha", "2.0", { data: "share/alpha/note" });
  writeWheel(wheels, "beta", "1.0", { requires: ["alpha<2"] });
  writeWheel(wheels, "gamma", "1.0", { requires: ["alpha>=2"], damaged: true });
});

const offline = { packages: [], offlineFolder: wheels };

const slow = 300_000;

// Other suites do as much with the system's own shell.
describe.each(some(allHosts, "busybox"))("an environment of venv on $name", (host) => {
  it(
    "is made with its packages, changed, put back where that fails, and deleted",
    async () => {
      const folder = newFolder();
      const prefix = join(folder, "train");
      const made = await carryOut(venvCommands.create(python, { ...offline, prefix, packages: ["beta"] }), { host });
      expect(made).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      expect(readdirSync(folder)).toEqual(["train"]);

      const environment = environmentAt(prefix);
      const before = fingerprint(prefix);
      const damaged = { ...offline, packages: ["gamma"] };
      const failed = await carryOut(venvCommands.install(python, environment, damaged), { host });
      // The other package was exchanged by then.
      expect(failed.log).toContain("Successfully uninstalled alpha-1.0");
      expect(failed.exitCode).not.toBe(0);
      expect(failed.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);

      const upgrade = { ...offline, packages: ["alpha"], upgrade: true };
      const upgraded = await carryOut(venvCommands.install(python, environment, upgrade), { host });
      expect(upgraded).toMatchObject({ exitCode: 0 });
      expect(output(`${prefix}/bin/alpha`)).toBe("2.0");

      const gone = await carryOut(venvCommands.uninstall(python, environment, ["alpha"]), { host });
      expect(gone).toMatchObject({ exitCode: 0 });
      expect(existsSync(`${prefix}/bin/alpha`)).toBe(false);
      expect([...leftovers(folder), ...scratchLeft()]).toEqual([]);

      writeFileSync(join(prefix, "notes.txt"), "mine");
      const removed = await carryOut(venvCommands.remove(python, environment), { host });
      expect(removed).toMatchObject({ exitCode: 0 });
      expect(readdirSync(prefix)).toEqual(["notes.txt"]);
    },
    slow,
  );
});

describe.each(allHosts)("a new environment on $name", (host) => {
  it.each(["folder", "file", "link"])("never takes the place of a %s", async (kind) => {
    const folder = newFolder();
    const prefix = join(folder, "train");
    if (kind === "folder") mkdirSync(prefix);
    else if (kind === "file") writeFileSync(prefix, "mine");
    else symlinkSync("nowhere", prefix);
    const before = fingerprint(folder);
    const refused = await carryOut(venvCommands.create(python, { ...offline, prefix }), { host });
    expect(refused).toMatchObject({ exitCode: 41, undone: 0 });
    expect(fingerprint(folder)).toBe(before);
  });
});
