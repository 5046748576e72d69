/** What ended a process, by the numbers that Linux gives signals on x86, ARM and RISC-V (`signal(7)`). */
interface SignalMeaning {
  readonly number: number;
  /** A clause: what it usually means when a job dies of it. */
  readonly meaning: string;
}

export const signals: Readonly<Record<string, SignalMeaning>> = {
  SIGHUP: { number: 1, meaning: "its terminal or session was closed" },
  SIGINT: { number: 2, meaning: "somebody pressed Ctrl-C" },
  SIGQUIT: { number: 3, meaning: "somebody pressed Ctrl-\\" },
  SIGILL: { number: 4, meaning: "its code holds an instruction that this processor does not have" },
  SIGTRAP: { number: 5, meaning: "it ran into a debugger's breakpoint" },
  SIGABRT: { number: 6, meaning: "the program gave up by itself, often after a failed check in native code" },
  SIGBUS: { number: 7, meaning: "it touched memory that is not there, often as shared memory (/dev/shm) is full" },
  SIGFPE: { number: 8, meaning: "native code divided by zero" },
  SIGKILL: { number: 9, meaning: "it was killed from outside, most often as the host ran out of memory" },
  SIGUSR1: { number: 10, meaning: "it was told something that it did not expect" },
  SIGSEGV: { number: 11, meaning: "native code touched memory that is not its own" },
  SIGUSR2: { number: 12, meaning: "it was told something that it did not expect" },
  SIGPIPE: { number: 13, meaning: "what read its output was gone" },
  SIGALRM: { number: 14, meaning: "a timer of its own ran out" },
  SIGTERM: { number: 15, meaning: "somebody or the system asked it to end" },
  SIGSTKFLT: { number: 16, meaning: "its stack failed" },
  SIGXCPU: { number: 24, meaning: "it used more processor time than it may" },
  SIGXFSZ: { number: 25, meaning: "it wrote a file that is bigger than it may" },
  SIGVTALRM: { number: 26, meaning: "a timer of its own processor time ran out" },
  SIGPROF: { number: 27, meaning: "a profiler's timer ran out, and nothing of the program listened to it" },
  SIGIO: { number: 29, meaning: "it was told of input or output that it did not expect" },
  SIGPWR: { number: 30, meaning: "the host told it of a power failure" },
  SIGSYS: { number: 31, meaning: "it asked the system for something that is forbidden" },
};

/** `SIGKILL` for 9; undefined for one without a name here. */
export function signalName(number: number): string | undefined {
  return Object.keys(signals).find((name) => signals[name]?.number === number);
}

/** The signal that a shell's status over 128 stands for. */
export function signalOfStatus(status: number): string | undefined {
  return status > 128 && status < 193 ? signalName(status - 128) : undefined;
}
