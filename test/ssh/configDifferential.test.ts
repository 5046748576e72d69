import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isFailure } from "../../src/core/failure";
import type { ClientFacts } from "../../src/core/ports";
import { effectiveOptions } from "../../src/ssh/config";
import type { OptionValues } from "../../src/ssh/hostOptions";
import { noAbort } from "./client";
import { generatedConfigs } from "./generatedConfigs";
import { handWritten, type Scenario } from "./sshConfigs";

const ssh = "/usr/bin/ssh";
const full = process.env.TENSORLINE_FULL === "1";
const withoutSsh = existsSync(ssh) ? "" : ": no system ssh on this machine";

/** ssh takes the home folder and the name from the account, whatever the environment says. */
const account = userInfo();
const client: ClientFacts = {
  os: process.platform === "darwin" ? "darwin" : "linux",
  home: account.homedir,
  user: account.username,
  env: { PATH: "/usr/bin:/bin", SHELL: "/bin/sh", TENSORLINE_WORD: "w0rd", SSH_AUTH_SOCK: "/run/agent.sock" },
};

/** What both print of which only one knows, with the reason. Everything else must be equal. */
const leftOut: Readonly<Record<string, string>> = {
  addkeystoagent: "we add no keys to agents",
  controlpersist: "we have no control master",
  enableescapecommandline: "ssh's own terminal",
  enablesshkeysign: "host-based login is ssh's own",
  escapechar: "ssh's own terminal",
  fingerprinthash: "we show SHA256",
  forwardx11timeout: "we forward no X11",
  forwardx11trusted: "its default is the distribution's, and we forward no X11",
  gssapikexalgorithms: "a distribution's patch",
  gssapikeyexchange: "a distribution's patch",
  gssapirenewalforcesrekey: "a distribution's patch",
  gssapitrustdns: "a distribution's patch",
  ipqos: "we set none",
  loglevel: "ssh's own log",
  logverbose: "ssh's own log",
  permitremoteopen: "for reverse SOCKS proxies, which we have not",
  rekeylimit: "ssh2 and the server decide",
  streamlocalbindmask: "we forward no sockets",
  syslogfacility: "ssh's own log",
  tunnel: "we have no tunnel devices",
  tunneldevice: "we have no tunnel devices",
  updatehostkeys: "we never write the user's files",
  xauthlocation: "we forward no X11",
};

let folder: string;
/** Keys whose default is another in this version of ssh than in the one whose defaults are ours. */
let otherDefaults: ReadonlySet<string>;

const effective = async (name: string, file: string, reader: "system" | "builtin") =>
  comparable(await effectiveOptions({ name, configFile: file }, client, noAbort, reader));

function comparable(values: OptionValues): Record<string, readonly string[]> {
  // ssh prints a forward to a socket as a dynamic one, too; joined, because it separates lists by mere spaces.
  const sockets = new Set(
    (values.get("localforward") ?? []).filter((line) => / \//.test(line)).map((line) => line.split(" ")[0]),
  );
  return Object.fromEntries(
    [...values]
      .filter(([key]) => !(key in leftOut))
      .map(([key, several]): [string, readonly string[]] => [
        key,
        key.endsWith("knownhostsfile")
          ? [several.join(" ")]
          : key === "dynamicforward"
            ? several.filter((line) => !sockets.has(line))
            : several,
      ])
      .filter(([, several]) => several.length > 0),
  );
}

async function place(scenario: Scenario, name: string): Promise<string> {
  const home = join(folder, name);
  for (const [file, text] of Object.entries({ ...scenario.files, config: scenario.config })) {
    const path = join(home, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text.replaceAll("@DIR@", home));
    await chmod(path, 0o600);
  }
  return join(home, "config");
}

describe.skipIf(withoutSsh)(`our own reading of an ssh config says what ssh -G says${withoutSsh}`, () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "tensorline-configs-"));
    const [theirs, ours] = await Promise.all([effective("x", "none", "system"), effective("x", "none", "builtin")]);
    const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
    otherDefaults = new Set(keys.filter((key) => String(theirs[key]) !== String(ours[key])));
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it("has the defaults of the ssh they were taken from", () => {
    const version = execFileSync(ssh, ["-V"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
    if (/OpenSSH_9\.2/.test(version)) expect([...otherDefaults]).toEqual([]);
    else
      for (const key of ["user", "port", "hostname", "stricthostkeychecking"]) expect(otherDefaults).not.toContain(key);
  });

  const scenarios = [...handWritten, ...generatedConfigs(full ? 400 : 6)];

  it("looks at enough", () => {
    expect(new Set(scenarios.map(({ config }) => config)).size).toBeGreaterThanOrEqual(60);
  });

  it.each(scenarios.map((scenario, index) => ({ ...scenario, index })))("$title", async (scenario) => {
    const config = await place(scenario, String(scenario.index));
    for (const name of new Set([...scenario.hosts, ...(full ? ["elsewhere"] : []), "eve@lab:2222"])) {
      const [ours, theirs] = await Promise.all([
        effective(name, config, "builtin").catch(refusal),
        effective(name, config, "system").catch(refusal),
      ]);
      const without = (values: object) =>
        Object.fromEntries(Object.entries(values).filter(([key]) => !otherDefaults.has(key)));
      expect({ name, ...without(ours) }).toEqual({ name, ...without(theirs) });
    }
  });
});

/** Where both refuse, ssh has words for it and we have a reason. */
function refusal(error: unknown): { refused: true } {
  if (isFailure(error)) return { refused: true };
  throw error;
}
