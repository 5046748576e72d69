import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseHostName } from "../../../src/core/hostName";
import type { ClientFacts } from "../../../src/core/ports";
import { configuredHosts } from "../../../src/ssh/builtinConfig";
import { builtinOptions } from "../../../src/ssh/config/builtin";
import type { ConfigEffects } from "../../../src/ssh/config/effects";
import { readConfigFiles } from "../../../src/ssh/config/files";
import type { OptionValues } from "../../../src/ssh/hostOptions";

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

const nothing: ConfigEffects = {
  lookup: async () => undefined,
  succeeds: async () => false,
  addresses: () => [],
};

async function effective(name: string, effects: Partial<ConfigEffects> = {}, config?: string): Promise<OptionValues> {
  const host = { name, ...(config === undefined ? {} : { configFile: config }) };
  const files = await readConfigFiles(host.configFile, client);
  const { signal } = new AbortController();
  return builtinOptions(host, parseHostName(name), files, client, { ...nothing, ...effects }, signal);
}

/** The differential test compares with ssh what ssh can be asked; here is the rest. */
describe("our own reading of an ssh config", () => {
  it("reads the user's file where none is named, and does without", async () => {
    expect((await effective("lab")).get("user")).toEqual(["ada"]);
    await write({ ".ssh/config": "Include more\nPort 7\n", ".ssh/more": "User eve\n" });
    const values = await effective("lab");
    expect([values.get("user"), values.get("port")]).toEqual([["eve"], ["7"]]);
  });

  it("lets what the user typed win", async () => {
    await write({ ".ssh/config": "User x\nPort 7\nMatch user bob\n Compression yes\n" });
    const values = await effective("bob@lab:2222");
    expect([values.get("user"), values.get("port"), values.get("compression")]).toEqual([["bob"], ["2222"], ["yes"]]);
  });

  it("follows canonical names and aliases only as far as they are permitted, and reads the config again", async () => {
    const config = await write({
      ".ssh/config": [
        "CanonicalizeHostname yes",
        "CanonicalDomains one.example two.example",
        "CanonicalizePermittedCNAMEs *.two.example:*.real.example",
        "Match canonical host *.real.example",
        " Port 5",
        "Host lab.one.example",
        " Port 6",
      ].join("\n"),
    });
    const asked: string[] = [];
    const known = (names: Record<string, { alias?: string }>) => async (name: string) => {
      asked.push(name);
      return names[name];
    };
    const real = await effective("lab", { lookup: known({ "lab.two.example.": { alias: "a.real.example" } }) }, config);
    expect([real.get("hostname"), real.get("port")]).toEqual([["a.real.example"], ["5"]]);
    expect(asked).toEqual(["lab.one.example.", "lab.two.example."]);
    const one = await effective("lab", { lookup: known({ "lab.one.example.": { alias: "b.other" } }) }, config);
    expect([one.get("hostname"), one.get("port")]).toEqual([["lab.one.example"], ["6"]]);
    expect((await effective("a.b.c", {}, config)).get("hostname")).toEqual(["a.b.c"]);
  });

  it("says that a name is unknown where it may not be used as it is", async () => {
    const config = await write({
      ".ssh/config": "CanonicalizeHostname yes\nCanonicalDomains x\nCanonicalizeFallbackLocal no\n",
    });
    await expect(effective("lab", {}, config)).rejects.toMatchObject({
      problem: { reason: "hostNotFound", hostname: "lab" },
    });
  });

  it("knows networks and tags, and refuses criteria it cannot judge", async () => {
    const config = await write({
      ".ssh/config": [
        "Host lab",
        " Tag blue",
        "Match localnetwork 10.0.0.0/8,fd00::/8",
        " Port 5",
        "Match tagged blue,red",
        " User x",
      ].join("\n"),
    });
    const values = await effective("lab", { addresses: () => ["192.168.1.2", "fd00::7"] }, config);
    expect([values.get("port"), values.get("user")]).toEqual([["5"], ["x"]]);
    const away = await effective("web", { addresses: () => ["192.168.1.2"] }, config);
    expect([away.get("port"), away.get("user")]).toEqual([["22"], ["ada"]]);
    await write({ ".ssh/config": "Match version OpenSSH_10*\n Port 5\n" });
    await expect(effective("lab", {}, config)).rejects.toMatchObject({
      problem: { reason: "configUnsupported", option: "Match version" },
    });
  });

  it("runs a command of Match exec only where all before it held", async () => {
    const config = await write({
      ".ssh/config":
        'Match host other exec "one"\n Port 1\nMatch !exec "two %h" exec "three"\n Port 3\nHost other\n Include in\n',
      ".ssh/in": 'Match exec "four"\n Port 4\n',
    });
    const run: string[] = [];
    const succeeds = async (command: string) => {
      run.push(command);
      return command === "three";
    };
    expect((await effective("lab", { succeeds }, config)).get("port")).toEqual(["3"]);
    expect(run).toEqual(["two lab", "three"]);
  });

  it("says which file cannot be read", async () => {
    await expect(effective("lab", {}, "/nonexistent")).rejects.toMatchObject({
      problem: { reason: "configUnreadable", file: "/nonexistent" },
    });
    const config = await write({ ".ssh/config": "Include config\n" });
    await expect(effective("lab", {}, config)).rejects.toMatchObject({ problem: { reason: "configUnreadable" } });
    await write({ ".ssh/config": "\n\nPort many\n" });
    await expect(effective("lab", {}, config)).rejects.toMatchObject({
      problem: { reason: "configUnreadable", file: config, detail: expect.stringContaining("line 3") },
    });
  });

  it("has no objection to what only a newer ssh or another one knows, but to what none does", async () => {
    const config = await write({
      ".ssh/config": "IgnoreUnknown UseK*\nUseKeychain yes\nObscureKeystrokeTiming yes\nPort 5\n",
    });
    expect((await effective("lab", {}, config)).get("port")).toEqual(["5"]);
    await write({ ".ssh/config": "Hots lab\nPort 5\n" });
    await expect(effective("lab", {}, config)).rejects.toMatchObject({
      problem: { reason: "configUnreadable", detail: "line 1: ssh has no option hots" },
    });
  });

  it("lists the hosts a person would recognise, each once, includes too", async () => {
    await write({
      ".ssh/config": 'Include more\nHost lab1 lab2 *.example !x\nHost gpu?\nHost "lab1" # lab3\n',
      ".ssh/more": "Host first\n",
    });
    const config = join(home, ".ssh/config");
    expect(await configuredHosts(config, client)).toEqual(["first", "lab1", "lab2"]);
    expect(await configuredHosts(undefined, client)).toEqual(expect.arrayContaining(["first", "lab1", "lab2"]));
  });
});
