import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { utils } from "ssh2";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKeyFile, unlockKey } from "../../../src/ssh/keyFile";

const withoutKeygen = ["/usr/bin/ssh-keygen", "/usr/local/bin/ssh-keygen", "/opt/homebrew/bin/ssh-keygen"].some(
  existsSync,
)
  ? undefined
  : "no ssh-keygen";

describe.skipIf(withoutKeygen)(`encrypted key files${withoutKeygen ? `: ${withoutKeygen}` : ""}`, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tensorline-keys-"));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function newKey(name: string, options: readonly string[]): Promise<string> {
    const file = join(folder, name);
    execFileSync("ssh-keygen", ["-q", "-N", "påss wörd", "-C", "a comment", "-f", file, ...options]);
    return file;
  }

  it.each([
    ["ed25519", ["-t", "ed25519"]],
    ["rsa", ["-t", "rsa", "-b", "2048", "-a", "2"]],
    ["ecdsa", ["-t", "ecdsa", "-a", "2"]],
    ["aes128-ctr", ["-t", "ed25519", "-Z", "aes128-ctr", "-a", "2"]],
    ["aes192-cbc", ["-t", "ed25519", "-Z", "aes192-cbc", "-a", "2"]],
    ["aes256-gcm", ["-t", "ed25519", "-Z", "aes256-gcm@openssh.com", "-a", "2"]],
    ["pem", ["-t", "rsa", "-b", "2048", "-m", "PEM"]],
  ])("are opened as ssh2 opens them: %s", async (name, options) => {
    const file = await newKey(name, options);
    const found = await readKeyFile(file);
    if ("why" in found) throw new Error(found.why);
    expect(found.encrypted).toBe(true);
    expect(await unlockKey(found, "wrong")).toBeUndefined();
    const key = await unlockKey(found, "påss wörd");
    const expected = utils.parseKey(await readFile(file), "påss wörd");
    if (expected instanceof Error) throw expected;
    expect(key?.getPrivatePEM()).toBe([expected].flat()[0]?.getPrivatePEM());
    expect(key?.getPublicSSH()).toEqual([expected].flat()[0]?.getPublicSSH());
  });

  it("let everything else go on while they are opened", async () => {
    const found = await readKeyFile(await newKey("slow", ["-t", "ed25519", "-a", "24"]));
    if ("why" in found) throw new Error(found.why);
    let turns = 0;
    let opening = true;
    const count = () => {
      turns++;
      if (opening) setImmediate(count);
    };
    setImmediate(count);
    await unlockKey(found, "påss wörd");
    opening = false;
    // One turn at least between any two of the 2 × 24 rounds.
    expect(turns).toBeGreaterThanOrEqual(48);
  });
});
