import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Client, type ClientChannel } from "ssh2";
import type { DemoReady } from "../../src/demo/protocol";

export interface Outcome {
  readonly stdout: Buffer;
  readonly stderr: string;
  readonly code: number | undefined;
  readonly signal: string | undefined;
}

/** Logs in to a host of the fleet with the fleet's own key. Rejects as ssh2 does. */
export function connect(fleet: DemoReady, name: string, username = "alice"): Promise<Client> {
  const port = fleet.hosts.find((host) => host.name === name)?.port;
  const privateKey = readFileSync(join(dirname(fleet.configFile), "id_ed25519"));
  const client = new Client();
  return new Promise((resolve, reject) => {
    client.once("ready", () => resolve(client));
    client.on("error", reject);
    client.connect({ host: "127.0.0.1", port, username, privateKey });
  });
}

export function open(client: Client, command: string): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Runs a command to its end. */
export async function run(client: Client, command: string): Promise<Outcome> {
  const channel = await open(client, command);
  channel.end();
  return outcome(channel);
}

/** Collects what a channel says until it closes. */
export function outcome(channel: ClientChannel): Promise<Outcome> {
  const chunks: Buffer[] = [];
  let stderr = "";
  let code: number | undefined;
  let signal: string | undefined;
  channel.on("data", (chunk: Buffer) => chunks.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  channel.on("exit", (status: number | null, name?: string) => {
    code = status ?? undefined;
    signal = name;
  });
  return new Promise((resolve) => {
    channel.on("close", () => resolve({ stdout: Buffer.concat(chunks), stderr, code, signal }));
  });
}

/** Standard output of a command as text; the command must end with 0. */
export async function text(client: Client, command: string): Promise<string> {
  const { stdout, stderr, code } = await run(client, command);
  if (code !== 0) throw new Error(`${command} ended with ${code}: ${stdout}${stderr}`);
  return stdout.toString();
}

/** Resolves with everything read so far as soon as it satisfies the condition. */
export function readUntil(channel: ClientChannel, enough: (text: string) => boolean): Promise<string> {
  let read = "";
  return new Promise((resolve, reject) => {
    channel.on("data", (chunk: Buffer) => {
      read += chunk.toString("latin1");
      if (enough(read)) resolve(read);
    });
    channel.on("close", () => reject(new Error(`closed after: ${read.slice(-500)}`)));
  });
}
