import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClientFacts } from "../../../src/core/ports";
import { builtinOptions, configuredHosts } from "../../../src/ssh/builtinConfig";
import { parseHostName } from "../../../src/ssh/hostName";

let home: string;
let client: ClientFacts;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tensorline-config-"));
  client = { os: "linux", home, user: "ada", env: {} };
});
afterEach(() => rm(home, { recursive: true, force: true }));

async function write(files: Record<string, string>): Promise<string> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(home, name)), { recursive: true });
    await writeFile(join(home, name), text);
  }
  return join(home, ".ssh/config");
}

async function effective(config: string, name: string): Promise<Record<string, readonly string[]>> {
  const values = await builtinOptions({ name, configFile: config }, parseHostName(name), client);
  return Object.fromEntries(values);
}

describe("our own reading of an ssh config", () => {
  it("takes the first value, adds identity files up, and follows patterns with negation", async () => {
    const config = await write({
      ".ssh/config": [
        "# comment",
        "User everyone",
        "Host lab* !lab9",
        "  User late",
        "  Port=2200",
        '  IdentityFile "~/a key"',
        "Host lab1",
        "\tIdentityFile ~/second # not part of it",
        "  port 1",
        "Host *",
        "  ServerAliveInterval 7",
      ].join("\r\n"),
    });
    expect(await effective(config, "lab1")).toEqual({
      user: ["everyone"],
      port: ["2200"],
      identityfile: ["~/a key", "~/second"],
      serveraliveinterval: ["7"],
    });
    expect(await effective(config, "lab9")).toEqual({ user: ["everyone"], serveraliveinterval: ["7"] });
  });

  it("follows Include with globs, inside a Host block only for that host, and after it goes on where it was", async () => {
    const config = await write({
      ".ssh/config": "Host a\n Include conf.d/*.conf missing\n User after\nHost *\n Port 3\n",
      ".ssh/conf.d/2.conf": "Host b\n User never\nHost *\n HostName second\n",
      ".ssh/conf.d/1.conf": "Port 1\nHost a\n HostName first\n",
      ".ssh/conf.d/.hidden.conf": "User hidden\n",
    });
    expect(await effective(config, "a")).toEqual({ port: ["1"], hostname: ["first"], user: ["after"] });
    expect(await effective(config, "b")).toEqual({ port: ["3"] });
  });

  it("says what it cannot follow", async () => {
    const config = await write({ ".ssh/config": "Match all\n User x\nMatch host lab\n User y\n" });
    await expect(effective(config, "lab")).rejects.toMatchObject({
      problem: { reason: "configUnsupported", option: "Match" },
    });
    const loop = await write({ ".ssh/config": "Include config\n" });
    await expect(effective(loop, "lab")).rejects.toMatchObject({ problem: { reason: "configUnreadable" } });
    await expect(effective("/nonexistent", "lab")).rejects.toMatchObject({
      problem: { reason: "configUnreadable", file: "/nonexistent" },
    });
  });

  it("does without the user's own file", async () => {
    const values = await builtinOptions({ name: "lab" }, { name: "lab" }, client);
    expect(values.get("user")).toBeUndefined();
  });

  it("lists the hosts a person would recognise, each once, includes too", async () => {
    await write({
      ".ssh/config": "Include more\nHost lab1 lab2 *.example !x\nHost gpu?\nHost lab1\n",
      ".ssh/more": "Host first\n",
    });
    const config = join(home, ".ssh/config");
    expect(await configuredHosts(config, client)).toEqual(["first", "lab1", "lab2"]);
    expect(await configuredHosts(undefined, client)).toEqual(expect.arrayContaining(["first", "lab1", "lab2"]));
  });
});
