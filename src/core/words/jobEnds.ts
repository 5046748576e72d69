import { boundedText } from "../boundedText";
import { signals } from "../jobs/read/signals";
import { detail, quoted } from "./say";

/** What a job died of, as far as the host, its status and the end of its log tell. Text is foreign. */
export type Death =
  | { readonly kind: HostKnown; readonly said?: string }
  | {
      readonly kind: "gpuOutOfMemory";
      readonly line: string;
      readonly gpu?: string;
      /** `2.00 GiB`, as the message has them. */
      readonly wanted?: string;
      readonly total?: string;
      readonly free?: string;
      readonly own?: string;
      /** What other processes had on that GPU. */
      readonly others?: readonly string[];
    }
  | {
      readonly kind: "diskFullTold" | "sharedMemory" | "gpuUnusable" | "portTaken" | "kernelFault" | "usage";
      readonly line: string;
    }
  | { readonly kind: "nccl"; readonly line: string; readonly timedOut: boolean }
  | { readonly kind: "moduleMissing"; readonly module: string }
  | { readonly kind: "fileMissing"; readonly path: string }
  | { readonly kind: "exception"; readonly type: string; readonly message: string }
  | { readonly kind: "signal"; readonly signal: string; readonly code?: number }
  | { readonly kind: "exitCode"; readonly code: number; readonly line?: string }
  | { readonly kind: "unknown" };

type HostKnown =
  | "hostOutOfMemory"
  | "timeLimit"
  | "diskFull"
  | "hostRestarted"
  | "supervisorDied"
  | "secretsGone"
  | "gpusUnavailable"
  | "couldNotStart"
  | "schedulerEnded";

export interface DeathWords {
  /** One sentence: what happened. */
  readonly message: string;
  /** The program's or the host's own words or figures. */
  readonly detail?: string;
  /** One or two sentences: what to do. */
  readonly advice?: string;
}

const hostWords: Readonly<Record<HostKnown, readonly [message: string, advice?: string]>> = {
  hostOutOfMemory: [
    "The host ran out of memory and killed the job.",
    "Load less data at once, use fewer data loader workers, or run it where more memory is free.",
  ],
  timeLimit: ["The job reached its time limit.", "Run it again with more time, and let it save checkpoints."],
  diskFull: ["The disk of the host is full.", "Free some space there; output may be missing."],
  hostRestarted: ["The host restarted while the job ran.", "Run it again; a checkpoint saves what was done."],
  supervisorDied: [
    "What watched over the job was killed, so nobody knows how it ended.",
    "Look at the end of its log, and at what still runs of it.",
  ],
  secretsGone: [
    "The secrets of the job were only in memory and were lost before it began.",
    "Run it again; they are asked for or taken from the keychain.",
  ],
  gpusUnavailable: ["The GPUs that the job asked for were not free.", "Let it wait in the queue, or ask for others."],
  couldNotStart: [
    "The program could not be started.",
    "Check the environment, the working folder and the name of the file.",
  ],
  schedulerEnded: ["The scheduler ended the job.", "Its limits of time, memory or priority may be the reason."],
};

/** The one place where ends of jobs get their words. */
export function deathWords(death: Death): DeathWords {
  switch (death.kind) {
    case "gpuOutOfMemory":
      return gpuWords(death);
    case "diskFullTold":
      return words("A disk of the host is full, or a quota is used up.", death.line, hostWords.diskFull[1]);
    case "sharedMemory":
      return words(
        "The shared memory of the host (/dev/shm) is too small for the data loader.",
        death.line,
        "Use fewer workers (num_workers), or have /dev/shm made bigger.",
      );
    case "gpuUnusable":
      return words(
        "The program could not use a GPU.",
        death.line,
        "Check that its environment fits the driver of the host, and that the job asks for a GPU.",
      );
    case "portTaken":
      return words(
        "A port that the program wanted is in use on the host.",
        death.line,
        "Choose another port, such as with --master_port; an earlier run may still hold it.",
      );
    case "kernelFault":
      return words(
        "A CUDA kernel failed.",
        death.line,
        "An index is often out of range; CUDA_LAUNCH_BLOCKING=1 shows where.",
      );
    case "usage":
      return words("The program did not accept its arguments.", death.line, "Correct them and run it again.");
    case "nccl":
      return death.timedOut
        ? words(
            "The processes waited for each other in vain (NCCL timed out).",
            death.line,
            "One of them is often stuck or died first: look for its own message further up.",
          )
        : words(
            "The GPUs could not talk to each other (NCCL).",
            death.line,
            "Look for the first message further up; NCCL_DEBUG=INFO says more.",
          );
    case "moduleMissing":
      return words(
        `The Python module “${quoted(death.module)}” is not installed in the environment.`,
        undefined,
        `Install it there, or choose another environment.`,
      );
    case "fileMissing":
      return words(
        `A file was not found: ${quoted(death.path)}.`,
        undefined,
        "Paths start in the working folder; ignored folders are not sent to the host.",
      );
    case "exception":
      return words(closed(`The program ended with ${quoted(death.type)}${detail(death.message)}`), long(death.message));
    case "signal":
      return signalWords(death.signal, death.code);
    case "exitCode":
      return exitWords(death.code, death.line);
    case "unknown":
      return words("Nobody knows how the job ended.", undefined, hostWords.supervisorDied[1]);
    default: {
      const [message, advice] = hostWords[death.kind];
      return words(message, death.said, advice);
    }
  }
}

function gpuWords(death: Extract<Death, { kind: "gpuOutOfMemory" }>): DeathWords {
  const where = death.gpu === undefined ? "The GPU" : `GPU ${death.gpu}`;
  const wanted = death.wanted === undefined ? "" : ` when the program asked for ${death.wanted} more`;
  const facts = [
    death.total === undefined ? "" : `it has ${death.total}`,
    death.free === undefined ? "" : `${death.free} free`,
    death.own === undefined ? "" : `${death.own} of this job`,
    death.others === undefined ? "" : `${death.others.join(" and ")} of other processes`,
  ].filter((fact) => fact !== "");
  return words(
    `${where} ran out of memory${wanted}${facts.length === 0 ? "" : `: ${facts.join(", ")}`}.`,
    death.line,
    death.others === undefined
      ? "Use a smaller batch, mixed precision or gradient checkpointing, or a GPU with more memory."
      : "Other processes use that GPU: choose a free one, or say how much memory the job needs.",
  );
}

function signalWords(signal: string, code: number | undefined): DeathWords {
  const number = signals[signal]?.number;
  const meaning = signals[signal]?.meaning;
  const status = code === undefined || code < 129 ? "" : `, exit code ${code}`;
  return words(
    `The program was ended by ${quoted(signal)}${number === undefined ? "" : ` (signal ${number}${status})`}${meaning === undefined ? "" : `: ${meaning}`}.`,
    undefined,
    adviceOf[signal],
  );
}

const adviceOf: Readonly<Record<string, string>> = {
  SIGKILL: "Watch the memory of the host; fewer data loader workers or a smaller data set in memory help.",
  SIGSEGV:
    "Run it with python -X faulthandler to see where; packages built for another CUDA or NumPy are often the reason.",
  SIGBUS: "Use fewer data loader workers, or have /dev/shm made bigger.",
  SIGABRT: "The reason is often in the lines above.",
  SIGILL: "Install a build of the package for this kind of processor.",
};

const exits: Readonly<Record<number, readonly [message: string, advice: string]>> = {
  126: [
    "The program may not be run: it is no executable file.",
    "Make it executable (chmod +x), or run it with an interpreter.",
  ],
  127: ["The program was not found on the host.", "Check its name and the environment."],
};

function exitWords(code: number, line: string | undefined): DeathWords {
  const known = exits[code];
  return known ? words(known[0], line, known[1]) : words(`The program ended with exit code ${code}.`, line);
}

/** With a full stop, unless it was cut. */
const closed = (text: string) => (text.endsWith("…") ? text : `${text}.`);

/** What a sentence had to cut. */
const long = (text: string) => (quoted(text).endsWith("…") ? text : undefined);

function words(message: string, theirs?: string, advice?: string): DeathWords {
  const text = theirs === undefined ? "" : boundedText(theirs, 600);
  return { message, ...(text === "" ? {} : { detail: text }), ...(advice === undefined ? {} : { advice }) };
}
