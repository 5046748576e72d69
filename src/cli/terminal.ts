import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Failure } from "../core/failure";
import type { Prompts } from "../core/ports";

export enum ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  /** Input or output that cannot be understood. */
  unreadable = 3,
}

/** The command line cannot be understood; the message is one sentence. */
export class UsageError extends Error {}

/** Where a command writes. Answers go to stdout, everything else to stderr. */
export interface TerminalIo {
  readonly verbose: boolean;
  readonly interactive: boolean;
  /** Characters in a line. */
  readonly width: number;
  print(text: string): void;
  /** One document a line, or indented where it is the only one. */
  printJson(value: unknown, indent: boolean): void;
  complain(message: string, cause?: unknown): void;
  /** Lines for whoever reads beside the answer, fitted to where they appear. */
  tell(lines: (look: { readonly columns: number; readonly colour: boolean }) => readonly string[]): void;
}

export function createTerminalIo(verbose: boolean): TerminalIo {
  // A reader that has had enough (`| head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  return {
    verbose,
    interactive: process.stdout.isTTY === true,
    get width() {
      return process.stdout.columns ?? 120;
    },
    print: (text) => process.stdout.write(`${text}\n`),
    printJson: (value, indent) => process.stdout.write(`${JSON.stringify(value, null, indent ? 2 : 0)}\n`),
    complain(message, cause) {
      process.stderr.write(`${message}\n`);
      if (verbose && cause instanceof Error) process.stderr.write(`${cause.stack ?? cause.message}\n`);
    },
    tell(lines) {
      const { columns = 100, isTTY = false } = process.stderr;
      const colour = isTTY && !process.env.NO_COLOR;
      process.stderr.write(`${lines({ columns, colour }).join("\n")}\n`);
    },
  };
}

/** Asks on the terminal; without one every question fails with the sentence it would have shown. */
export function terminalPrompts(): Prompts {
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  // Several hosts may have questions at once, and a person answers one after the other.
  let answered: Promise<unknown> = Promise.resolve();
  const askNext = (words: string, secret: boolean, signal: AbortSignal): Promise<string> => {
    const answer = answered.then(() => ask(words, secret, signal));
    answered = answer.catch(() => {});
    return answer;
  };
  return {
    async askText(question, signal) {
      const words = question.detail ? `${question.title} (${question.detail})` : question.title;
      if (!canAsk) throw new Failure({ reason: "promptUnavailable", question: words });
      return { text: await askNext(`${words}: `, question.secret, signal), remember: false };
    },
    async confirmHostKey(question, signal) {
      const { host, keyType, fingerprint } = question;
      if (!canAsk) throw new Failure({ reason: "hostKeyUnknown", host, keyType, fingerprint });
      const known =
        question.knownTypes.length > 0 ? ` You know it by another key (${question.knownTypes.join(", ")}).` : "";
      const words = `${host} is not known yet. Its ${keyType} key is ${fingerprint}.${known}\nTrust it from now on? (yes/no) `;
      return (await askNext(words, false, signal)).trim().toLowerCase() === "yes";
    },
    tell(notice, signal) {
      process.stderr.write(`${notice.host}: ${notice.text}\n`);
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    },
  };
}

function ask(words: string, secret: boolean, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Failure({ reason: "cancelled" }));
    let muted = false;
    const echo = new Writable({
      write(chunk, _encoding, done) {
        if (!muted) process.stderr.write(chunk);
        done();
      },
    });
    const reader = createInterface({ input: process.stdin, output: echo, terminal: true });
    const cancel = () => {
      reader.close();
      reject(new Failure({ reason: "cancelled" }));
    };
    signal.addEventListener("abort", cancel, { once: true });
    reader.on("SIGINT", cancel);
    reader.question(words, (answer) => {
      signal.removeEventListener("abort", cancel);
      if (secret) process.stderr.write("\n");
      reader.close();
      resolve(answer);
    });
    muted = secret;
  });
}
