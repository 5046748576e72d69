import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { freePort, makeKey, stopProcess, withoutUsers } from "./sshd";

const program = "/usr/sbin/dropbear";

/** Why dropbear cannot be started here, or undefined when it can. */
export const withoutDropbear = withoutUsers ?? (existsSync(program) ? undefined : "no dropbear on this machine");

/** Starts a dropbear on 127.0.0.1 that lets the machine's users in by password; its files are put into `folder`. */
export async function startDropbear(folder: string): Promise<{ port: number; stop(): Promise<void> }> {
  const port = await freePort();
  const key = join(folder, "dropbear_key");
  const pem = makeKey(join(folder, "dropbear_source"), "ecdsa");
  const made = spawn("dropbearconvert", ["openssh", "dropbear", pem.file, key], { stdio: "ignore" });
  await new Promise((resolve) => made.once("exit", resolve));
  const options = ["-F", "-E", "-r", key, "-p", `127.0.0.1:${port}`, "-P", join(folder, "dropbear_pid")];
  const server = spawn(program, options, { stdio: ["ignore", "ignore", "pipe"] });
  await new Promise((resolve) => server.stderr.once("data", resolve));
  return { port, stop: () => stopProcess(server) };
}
