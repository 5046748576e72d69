import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { authorizedKeys, type KeyAction } from "../../src/core/keyLogin/authorizedKeys";
import { shells } from "./probeHost";

const line = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGOhZFqQcUhgafoD8n3vOecH1mZg2wC/PQTuNZe0vyaV ada's key $(id) `x`";
const blob = line.split(" ")[1];

test.each(["ssh-ed25519", "ssh-ed25519 AAAA\nssh-rsa BBBB", 'command="x" ssh-ed25519 AAAA', "ssh-ed25519 AA;A"])(
  "%j is no line to add",
  (text) => {
    expect(() => authorizedKeys("lab", "install", text)).toThrow(RangeError);
  },
);

describe.each(shells.map((shell) => ({ name: shell.join(" "), shell })))(
  "the keys of a user under $name",
  ({ shell }) => {
    let home: string;
    const file = () => join(home, ".ssh", "authorized_keys");
    const text = () => readFileSync(file(), "utf8");
    beforeEach(() => {
      home = mkdtempSync(join(tmpdir(), "tensorline home-"));
    });
    afterEach(() => rmSync(home, { recursive: true }));

    const run = (action: KeyAction) => {
      const { argv, stdin, parse } = authorizedKeys("lab", action, line);
      const [program, ...args] = [...shell, ...argv.slice(1)];
      const env = { PATH: "/usr/bin:/bin", HOME: home };
      const done = spawnSync(program, args, { env, input: stdin ?? "", encoding: "utf8" });
      return parse({ stdout: done.stdout, stderr: done.stderr, exitCode: done.status ?? -1 });
    };

    test("a key is added once, found, and taken away", () => {
      expect(run("look")).toMatchObject({ outcome: "absent", path: file() });
      expect(run("install")).toMatchObject({ outcome: "installed", path: file() });
      expect(text()).toBe(`${line}\n`);
      expect(run("install").outcome).toBe("present");
      expect(text()).toBe(`${line}\n`);
      expect(run("modes").outcome).toBe("fine");
      expect(run("remove").outcome).toBe("removed");
      expect(text()).toBe("");
      expect(run("remove").outcome).toBe("absent");
      expect(readdirSync(join(home, ".ssh"))).toEqual(["authorized_keys"]);
    });

    test("other lines stay byte for byte, whatever they hold", () => {
      mkdirSync(join(home, ".ssh"));
      const others = `#${line}\r\n\t\n-x -e *\n\\n %s "a" ssh-rsa AAAA\n# last, without an end`;
      writeFileSync(file(), others, { mode: 0o644 });
      run("install");
      expect(text()).toBe(`${others}\n${line}\n`);
      run("remove");
      expect(text()).toBe(`${others}\n`);
      expect(lstatSync(file()).mode & 0o777).toBe(0o644);
    });

    test("a key with options of its own is there already, and is not ours to take away", () => {
      mkdirSync(join(home, ".ssh"));
      writeFileSync(file(), `from="10.0.0.0/8" ssh-ed25519 ${blob} laptop\n`);
      expect(run("install").outcome).toBe("present");
      expect(run("remove").outcome).toBe("absent");
      expect(text()).toContain("from=");
    });

    test("a link stays a link", () => {
      mkdirSync(join(home, ".ssh"));
      const real = join(home, "keys");
      writeFileSync(real, "");
      symlinkSync(real, file());
      run("install");
      run("remove");
      expect(lstatSync(file()).isSymbolicLink()).toBe(true);
      expect(readFileSync(real, "utf8")).toBe("");
    });

    test("what stands in the way is named", () => {
      writeFileSync(join(home, ".ssh"), "");
      expect(() => run("install")).toThrow(
        expect.objectContaining({
          problem: expect.objectContaining({ reason: "keyNotInstalled", path: join(home, ".ssh") }),
        }),
      );
    });

    test("what others may write to is named", () => {
      run("install");
      chmodSync(join(home, ".ssh"), 0o770);
      expect(run("modes")).toEqual({ outcome: "loose", path: join(home, ".ssh"), detail: "drwxrwx---" });
    });
  },
);
