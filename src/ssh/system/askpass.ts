import { randomBytes, timingSafeEqual } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import type { ClientFacts } from "../../core/ports";
import { pathsOf } from "../clientPaths";

/** What runs our own script in place of a terminal: a Node program, or the editor's own as one. */
export interface AskpassProgram {
  readonly node: string;
  readonly script: string;
}

/** A question of ssh, as its askpass program gets it. */
export interface AskpassQuestion {
  readonly words: string;
  /** `none`: only to be shown until it goes away; `confirm`: a yes or no. */
  readonly hint: "none" | "confirm" | undefined;
}

/** Answers a question; undefined declines. The signal fires when ssh no longer asks. */
export type AnswerQuestion = (question: AskpassQuestion, gone: AbortSignal) => Promise<string | undefined>;

/** Stands ready to be asked by one ssh process, and those it starts, until it is closed. */
export interface Askpass {
  /** What the ssh process needs in its environment: a path, and nothing that would matter on a host. */
  readonly environment: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

export interface AskpassRequest {
  readonly client: ClientFacts;
  readonly program: AskpassProgram;
  /** Private folder for the socket, short enough for a socket's path. */
  readonly folder: string;
  /** Private folder whose files may be run. */
  readonly storageDir: string;
  readonly answer: AnswerQuestion;
}

const maxQuestionBytes = 64 * 1024;

/** @throws the file system's own errors */
export async function startAskpass({ client, program, folder, storageDir, answer }: AskpassRequest): Promise<Askpass> {
  const windows = client.os === "win32";
  const id = randomBytes(12).toString("hex");
  const token = randomBytes(24).toString("hex");
  const address = windows ? `\\\\.\\pipe\\tensorline-${id}` : join(folder, "askpass");
  const wrapper = pathsOf(client).join(storageDir, `askpass-${id}.${windows ? "cmd" : "sh"}`);
  const asking = new Set<Socket>();
  const server = createServer((socket) => {
    asking.add(socket);
    socket.on("close", () => asking.delete(socket));
    serve(socket, token, answer);
  });
  await mkdir(storageDir, { recursive: true, mode: 0o700 });
  const text = windows ? cmdWrapper(program, address, token) : shellWrapper(program, address, token);
  await writeFile(wrapper, text, { mode: 0o700, flag: "wx" });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, resolve);
  });
  return {
    // ssh older than 8.4 knows no SSH_ASKPASS_REQUIRE: it asks this way where it has no terminal but a display.
    environment: { SSH_ASKPASS: wrapper, SSH_ASKPASS_REQUIRE: "force", DISPLAY: client.env.DISPLAY || "tensorline:0" },
    async close() {
      for (const socket of asking) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(wrapper, { force: true });
    },
  };
}

/** One question a connection: a line of JSON comes, a line of JSON goes back. */
function serve(socket: Socket, token: string, answer: AnswerQuestion): void {
  const gone = new AbortController();
  let received = "";
  socket.setEncoding("utf8");
  socket.on("error", () => {});
  socket.on("close", () => gone.abort());
  socket.on("data", (text: string) => {
    if (received.endsWith("\n")) return;
    received += text;
    if (received.length > maxQuestionBytes) return void socket.destroy();
    if (!received.endsWith("\n")) return;
    const question = parseQuestion(received, token);
    if (!question) return void socket.destroy();
    answer(question, gone.signal).then(
      (text) => socket.end(text === undefined ? "" : `${JSON.stringify({ answer: text })}\n`),
      () => socket.destroy(),
    );
  });
}

function parseQuestion(line: string, token: string): AskpassQuestion | undefined {
  try {
    const asked = JSON.parse(line) as { token?: unknown; words?: unknown; hint?: unknown };
    if (typeof asked.token !== "string" || typeof asked.words !== "string") return undefined;
    const [given, wanted] = [Buffer.from(asked.token), Buffer.from(token)];
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return undefined;
    return { words: asked.words, hint: asked.hint === "none" || asked.hint === "confirm" ? asked.hint : undefined };
  } catch {
    return undefined;
  }
}

// The token stands in a private file for as long as the log-in lasts: in the environment, a config with `SendEnv *`
// would send it to the host.

function shellWrapper({ node, script }: AskpassProgram, address: string, token: string): string {
  const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;
  const environment = `ELECTRON_RUN_AS_NODE=1 TENSORLINE_ASKPASS=${quote(address)} TENSORLINE_TOKEN=${token}`;
  return `#!/bin/sh\n${environment} exec ${quote(node)} ${quote(script)} "$@"\n`;
}

function cmdWrapper({ node, script }: AskpassProgram, address: string, token: string): string {
  const lines = [
    "@echo off",
    "set ELECTRON_RUN_AS_NODE=1",
    `set "TENSORLINE_ASKPASS=${address}"`,
    `set "TENSORLINE_TOKEN=${token}"`,
    `"${node.replaceAll("%", "%%")}" "${script.replaceAll("%", "%%")}" %*`,
  ];
  return `${lines.join("\r\n")}\r\n`;
}
