import { parseHostName } from "../../../src/core/hostName";
import { parseSshOptions } from "../../../src/ssh/config/printed";
import { type HostOptions, hostOptions } from "../../../src/ssh/hostOptions";

/** What a host's options come to from lines of `ssh -G`; by default no keys and no known hosts. */
export function testOptions(lines: readonly string[], home = "/home/ada"): HostOptions {
  const client = { os: "linux", home, user: "ada", env: {} } as const;
  const defaults = ["identityfile none", "userknownhostsfile none", "globalknownhostsfile none"];
  const named = new Set(lines.map((line) => line.split(" ")[0]));
  const all = [...lines, ...defaults.filter((line) => !named.has(line.split(" ")[0]))];
  const values = parseSshOptions(`${all.join("\n")}\n`, client);
  return hostOptions({ name: "lab1" }, parseHostName("lab1"), values, client, new Map());
}
