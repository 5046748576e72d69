import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complaint, tensorline, valid } from "./cli";

const document = v.object({ host: v.string(), options: v.record(v.string(), v.array(v.string())) });
const hasSsh = existsSync("/usr/bin/ssh");

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tensorline-ssh-config-"));
  config = join(folder, "config");
  await writeFile(
    config,
    "Host lab\n HostName %h.example\n User config\n Port 2200\n IdentityFile ~/a\n IdentityFile ~/b\n",
    { mode: 0o600 },
  );
});
afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

describe("tensorline ssh-config", () => {
  it.each([[[]], [["--builtin"]]])("prints a line for each value, and what was typed wins %j", async (words) => {
    const { code, stdout, stderr } = await tensorline(["ssh-config", "eve@lab:77", "-F", config, ...words]);
    expect([code, stderr]).toEqual([0, ""]);
    const lines = stdout.trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(/^[a-z0-9]+ \S/);
    expect(lines).toEqual(
      expect.arrayContaining([
        "user eve",
        "hostname lab.example",
        "port 77",
        "identityfile ~/a",
        "identityfile ~/b",
        "stricthostkeychecking ask",
      ]),
    );
  });

  it("prints one JSON document", async () => {
    const { stdout } = await tensorline(["ssh-config", "lab", "-F", config, "-i", "k", "--builtin", "--json"]);
    const { host, options } = valid(document, stdout);
    expect([host, options.user, options.port]).toEqual(["lab", ["config"], ["2200"]]);
    expect(options.identityfile).toEqual(["k", "~/a", "~/b"]);
  });

  it.skipIf(!hasSsh)("prints what ssh -G prints (needs ssh)", async () => {
    const { stdout } = await tensorline(["ssh-config", "lab", "-F", config]);
    const theirs = execFileSync("/usr/bin/ssh", ["-G", "-F", config, "lab"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    expect(stdout.toLowerCase()).toBe(theirs.toLowerCase());
  });

  it("reads the config itself where there is no ssh", async () => {
    const options = { env: { PATH: folder } };
    const { stdout } = await tensorline(["ssh-config", "lab", "-F", config], options);
    expect(stdout).toBe((await tensorline(["ssh-config", "lab", "-F", config, "--builtin"])).stdout);
  });

  it("says in a sentence what keeps it from it", async () => {
    const missing = await tensorline(["ssh-config", "lab", "-F", join(folder, "missing")]);
    expect(missing.code).toBe(1);
    expect(complaint(missing)).toContain("there is no such file");
    const bad = await tensorline(["ssh-config", "a;b", "-F", config]);
    expect([bad.code, complaint(bad)]).toEqual([1, expect.stringContaining("a;b")]);
    const none = await tensorline(["ssh-config"]);
    expect([none.code, complaint(none)]).toEqual([2, expect.stringContaining("needs a host")]);
  });
});
