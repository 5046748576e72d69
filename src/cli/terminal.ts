import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { Failure } from "../core/failure";
import type { Prompts, TextQuestion } from "../core/ports";

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
  print(text: string): void;
  /** One document a line, or indented where it is the only one. */
  printJson(value: unknown, indent: boolean): void;
  complain(message: string, cause?: unknown): void;
}

export function createTerminalIo(verbose: boolean): TerminalIo {
  // A reader that has had enough (`| head`) is not an error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));
  return {
    verbose,
    interactive: process.stdout.isTTY === true,
    print: (text) => process.stdout.write(`${text}\n`),
    printJson: (value, indent) => process.stdout.write(`${JSON.stringify(value, null, indent ? 2 : 0)}\n`),
    complain(message, cause) {
      process.stderr.write(`${message}\n`);
      if (verbose && cause instanceof Error) process.stderr.write(`${cause.stack ?? cause.message}\n`);
    },
  };
}

/** Asks on the terminal; without one every question fails with the sentence it would have shown. */
export function terminalPrompts(): Prompts {
  const canAsk = process.stdin.isTTY === true && process.stderr.isTTY === true;
  return {
    async askText(question, signal) {
      const words = question.detail ? `${question.title} (${question.detail})` : question.title;
      if (!canAsk) throw new Failure({ reason: "promptUnavailable", question: words });
      return { text: await ask(`${words}: `, question, signal), remember: false };
    },
    async confirmHostKey(question, signal) {
      const { host, keyType, fingerprint } = question;
      if (!canAsk) throw new Failure({ reason: "hostKeyUnknown", host, keyType, fingerprint });
      const known =
        question.knownTypes.length > 0 ? ` You know it by another key (${question.knownTypes.join(", ")}).` : "";
      const words = `${host} is not known yet. Its ${keyType} key is ${fingerprint}.${known}\nTrust it from now on? (yes/no) `;
      return (await ask(words, { secret: false }, signal)).trim().toLowerCase() === "yes";
    },
  };
}

function ask(words: string, { secret }: Pick<TextQuestion, "secret">, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
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
