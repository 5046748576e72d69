import { chmodSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { uvCommands } from "../../src/core/environments/managers/commands/uv";
import { venvCommands } from "../../src/core/environments/managers/commands/venv";
import {
  carryOut,
  environmentAt,
  fingerprint,
  leftovers,
  newFolder,
  type PipHost,
  plainHost,
  readText,
} from "./pipHost";

/** Something that looks like an environment as far as these scripts look; its Python is this machine's `true`. */
function makeLikeness(): string {
  const prefix = join(newFolder(), "train");
  for (const folder of ["bin", "lib/python3.12/site-packages/alpha"])
    mkdirSync(join(prefix, folder), { recursive: true });
  writeFileSync(join(prefix, "pyvenv.cfg"), "home = /usr/bin\n");
  symlinkSync("/bin/true", join(prefix, "bin/python"));
  symlinkSync("lib", join(prefix, "lib64"));
  writeFileSync(join(prefix, "bin/alpha"), "#!/bin/sh\n");
  writeFileSync(join(prefix, "lib/python3.12/site-packages/alpha/__init__.py"), "version = 1\n");
  writeFileSync(join(prefix, "lib/python3.12/site-packages/easy-install.pth"), "/home/ada/project\n");
  writeNotes(prefix);
  return prefix;
}

function writeNotes(prefix: string): void {
  writeFileSync(join(prefix, "notes.txt"), "mine\n");
  utimesSync(join(prefix, "notes.txt"), 1_700_000_000, 1_700_000_000);
}

function program(folder: string, name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** An installer that writes into what is there, as some do, adds and removes, and fails. */
const careless = (prefix: string): string =>
  program(
    newFolder(),
    "uv",
    `cd '${prefix}' || exit 9
     echo evil >>lib/python3.12/site-packages/easy-install.pth
     echo evil >>bin/alpha
     echo evil >>pyvenv.cfg
     rm -r lib/python3.12/site-packages/alpha
     mkdir share include
     echo new >share/new
     echo more >>notes.txt
     exit 3`,
  );

const install = (prefix: string) => uvCommands.install(careless(prefix), environmentAt(prefix), { packages: ["beta"] });

/** A host with tools of its own before the usual ones. */
function hostWith(tools: Readonly<Record<string, string>>): PipHost {
  const folder = newFolder();
  for (const [name, text] of Object.entries(tools)) program(folder, name, text);
  return { ...plainHost, path: `${folder}:${plainHost.path}` };
}

const withoutHardLinks = { ln: 'case $1 in -s) exec /bin/ln "$@" ;; esac; exit 1' };

describe("what was there before a change", () => {
  it.each([
    ["with hard links", plainHost],
    ["without hard links", hostWith(withoutHardLinks)],
  ])("comes back where an installer wrote into it and failed, %s", async (_how, host) => {
    const prefix = makeLikeness();
    const before = fingerprint(prefix);
    const failed = await carryOut(install(prefix), { host });
    expect(failed).toMatchObject({ exitCode: 3, undone: 0 });
    // What is the user's own is not Tensorline's to put back.
    expect(readText(join(prefix, "notes.txt"))).toBe("mine\nmore\n");
    writeNotes(prefix);
    expect(leftovers(prefix)).toEqual([]);
    expect(fingerprint(prefix)).toBe(before);
  });

  it("is not promised where it is too large to be copied", async () => {
    const prefix = makeLikeness();
    const host = hostWith({ ...withoutHardLinks, du: "printf '9999999\\t%s\\n' \"$2\"" });
    const failed = await carryOut(install(prefix), { host });
    expect(failed).toMatchObject({ exitCode: 3, undone: 0, log: expect.stringContaining("cannot be hard-linked") });
    expect(readText(join(prefix, "pyvenv.cfg"))).toContain("evil");
    expect(leftovers(prefix)).toEqual([]);
  });

  it("comes back whole wherever its putting back is cut off", async () => {
    // Every rename of the undoing is once its last one.
    for (let renames = 0; renames < 12; renames++) {
      const prefix = makeLikeness();
      const before = fingerprint(prefix);
      const count = join(newFolder(), "count");
      const host = hostWith({
        mv: `case "$*" in *before/* | *after/*) echo x >>'${count}'; [ "$(wc -l <'${count}')" -le ${renames} ] || kill -9 $PPID ;; esac
             exec /bin/mv "$@"`,
      });
      await carryOut(install(prefix), { host });
      const next = uvCommands.uninstall(program(newFolder(), "uv", "exit 0"), environmentAt(prefix), ["beta"]);
      expect(await carryOut(next)).toMatchObject({ exitCode: 0 });
      writeNotes(prefix);
      expect(readdirSync(prefix).sort()).toEqual(["bin", "lib", "lib64", "notes.txt", "pyvenv.cfg"]);
      expect(fingerprint(prefix)).toBe(before);
    }
  });

  it("comes back, or goes whole, wherever its removal is cut off", async () => {
    // Four parts are moved, then it is settled, then two removals follow. Each step is done before the end comes.
    for (let steps = 0; steps < 8; steps++) {
      const prefix = makeLikeness();
      const before = fingerprint(prefix);
      const count = join(newFolder(), "count");
      const counted = (tool: string) =>
        `case "$*" in *train/.tensorline-*) echo x >>'${count}'; [ "$(wc -l <'${count}')" -le ${steps} ] || kill -9 $PPID ;; esac
         exec /bin/${tool} "$@"`;
      const host = hostWith({ mv: counted("mv"), rm: counted("rm") });
      const plan = venvCommands.remove("", environmentAt(prefix));
      const { exitCode } = await carryOut(plan, { host, cutOff: true });
      const next = uvCommands.uninstall(program(newFolder(), "uv", "exit 0"), environmentAt(prefix), ["beta"]);
      const after = await carryOut(next);
      expect(after.exitCode).toBe(steps < 4 ? 0 : 44);
      if (steps < 4) expect(fingerprint(prefix)).toBe(before);
      else expect(readdirSync(prefix)).toEqual(["notes.txt"]);
      expect(exitCode === 0).toBe(steps > 6);
    }
  });
});
