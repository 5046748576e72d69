import { homedir, platform, userInfo } from "node:os";
import { join } from "node:path";
import type { ClientFacts } from "./ports";

/** The machine Tensorline runs on. Unknown systems are treated as Linux. */
export function clientFacts(): ClientFacts {
  const os = platform();
  return {
    os: os === "win32" || os === "darwin" ? os : "linux",
    home: homedir(),
    user: userInfo().username,
    env: process.env,
  };
}

/** Where Tensorline keeps what it keeps on the client, shared by editor and command line: `TENSORLINE_HOME`, else the OS's usual place. */
export function storageFolder(client: ClientFacts): string {
  const { env, home } = client;
  if (env.TENSORLINE_HOME) return env.TENSORLINE_HOME;
  if (client.os === "win32") return join(env.APPDATA ?? join(home, "AppData", "Roaming"), "tensorline");
  if (client.os === "darwin") return join(home, "Library", "Application Support", "tensorline");
  return join(env.XDG_DATA_HOME || join(home, ".local", "share"), "tensorline");
}
