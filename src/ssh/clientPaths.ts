import { posix, win32 } from "node:path";
import type { ClientFacts } from "../core/ports";

/** Path rules of the client's system, whichever system runs this code. */
export function pathsOf(client: ClientFacts): typeof posix {
  return client.os === "win32" ? win32 : posix;
}

/** Looks up an environment variable; on Windows in any letter case. */
export function envOf(client: ClientFacts, name: string): string | undefined {
  if (client.os !== "win32") return client.env[name];
  const wanted = name.toUpperCase();
  return Object.entries(client.env).find(([key]) => key.toUpperCase() === wanted)?.[1];
}

/** The user's own ssh folder file, such as `config` or `known_hosts`. */
export function userSshFile(client: ClientFacts, name: string): string {
  return pathsOf(client).join(client.home, ".ssh", name);
}

/** The machine-wide ssh file, such as `ssh_config`. */
export function systemSshFile(client: ClientFacts, name: string): string {
  if (client.os !== "win32") return `/etc/ssh/${name}`;
  return win32.join(envOf(client, "ProgramData") ?? "C:\\ProgramData", "ssh", name);
}

/** Expands a leading `~` and, on Windows, `%NAME%` and what its ssh prints for it; a relative path is left as it is. */
export function expandHome(client: ClientFacts, path: string): string {
  const plain = client.os === "win32" ? expandWindowsNames(client, path) : path;
  if (plain === "~") return client.home;
  return /^~[/\\]/.test(plain) ? pathsOf(client).join(client.home, plain.slice(2)) : plain;
}

function expandWindowsNames(client: ClientFacts, path: string): string {
  return (
    path
      // Git's ssh writes C:\ as /c/.
      .replace(/^\/([A-Za-z])\//, (_whole, drive: string) => `${drive.toUpperCase()}:\\`)
      .replace(/^__PROGRAMDATA__/, () => envOf(client, "ProgramData") ?? "C:\\ProgramData")
      .replace(/%([A-Za-z_][A-Za-z0-9_()]*)%/g, (whole, name: string) => envOf(client, name) ?? whole)
  );
}
