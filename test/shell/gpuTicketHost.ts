import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, afterEach } from "vitest";
import { gpusProgram } from "../../src/core/jobs/gpus/program";
import { type TestShell, until } from "./operationHost";

const scratch = mkdtempSync(join(tmpdir(), "tensorline-tickets-"));
// Other users are let in, as they are to /var/tmp.
chmodSync(scratch, 0o755);
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** A GPU as the stand-in for nvidia-smi prints it: memory in MiB, utilization in percent; `[N/A]` and its like are said as they are. */
export interface FakeGpu {
  readonly used?: number | string;
  readonly total?: number | string;
  readonly busy?: number | string;
  readonly mode?: string;
  readonly uuid?: string;
  readonly mig?: string;
  readonly action?: string;
  /** Pids of what computes on it. */
  readonly pids?: readonly number[];
}

/** Prints what is in its folder, and notes that it was called; what is meant for this look alone counts. Formats as of the genuine tool. */
const nvidiaSmi = `#!/bin/sh
folder=\${0%/*}/../state
case "$*" in
*--query-gpu=*)
  echo look >>"$folder/calls"
  cat "$folder/gpus.$(wc -l <"$folder/calls" | tr -d ' ')" 2>/dev/null || cat "$folder/gpus"
  exit "$(cat "$folder/code")"
  ;;
*--query-compute-apps=*) exec cat "$folder/apps" ;;
-L) exec cat "$folder/list" ;;
"-q -x") exec cat "$folder/xml" ;;
esac
exit 2
`;

export interface GpuTestMachine {
  readonly tickets: string;
  readonly folder: string;
  /** What nvidia-smi shows from now on. */
  show(gpus: readonly FakeGpu[]): void;
  /** What it shows at its first look, its second and so on, before what it shows else. */
  showInTurn(looks: readonly (readonly FakeGpu[])[]): void;
  /** What it prints instead, and its exit code. */
  fail(text: string, code: number): void;
  /** Times that somebody looked at the GPUs. */
  looks(): number;
  /** A user name that stands in the machine's passwd. */
  addUser(name: string, uid: number): void;
  /** Says whose process a pid is. */
  addProcess(pid: number, uid: number): void;
  /** The outputs of `-L` and of `-q -x`. */
  showSlices(list: string, xml: string): void;
  /** What its commands find in their environment, for one that is reached in another way. */
  readonly environment: Readonly<Record<string, string>>;
  /** `through`: what runs an argv as somebody else. */
  start(
    shell: TestShell,
    wish: string,
    options?: {
      readonly id?: string;
      readonly program?: string;
      readonly through?: (argv: readonly string[]) => readonly string[];
    },
  ): GpuWaiter;
  /** Names of the tickets, the oldest first. */
  live(): string[];
}

/** A job's supervisor in miniature: what the program told it, line by line. */
export interface GpuWaiter {
  readonly id: string;
  readonly folder: string;
  readonly lines: readonly string[];
  /** Resolves with the first line that matches, said or still to come; rejects when the supervisor ends without it. */
  says(pattern: RegExp): Promise<string>;
  /** Pid of the program. */
  pid(): number;
  /** Ends as supervisors do: TERM to the program. */
  end(): Promise<void>;
  kill(): Promise<void>;
}

const waiters = new Set<GpuWaiter>();
afterEach(async () => {
  const all = [...waiters];
  waiters.clear();
  await Promise.all(all.map((waiter) => waiter.end()));
});

/** The program with its seconds cut down, so that a test takes moments; but for its patience with a tool, which may be slow. */
export const quickProgram = gpusProgram.replace(
  "look=10 every=10 gap=1 keep=30 moment=0.2",
  "look=0 every=0.4 gap=0.05 keep=0.2 moment=0.05",
);

/** The same without that patience. */
export const impatientProgram = quickProgram.replaceAll("ask 15 nvidia-smi", "ask 0.5 nvidia-smi");

const supervisor = `mkfifo "$1/pipe" && exec 5<>"$1/pipe" && rm "$1/pipe" && cd "$1" || exit
export TENSORLINE_SUPERVISOR=$$
echo "$$" >"$1/supervisor"
setsid "$2" "$1/gpus" &
gpus=$!
echo "$gpus" >"$1/pid"
while IFS= read -r line <&5; do
  [ "$line" != stop ] || break
  printf '%s\\n' "$line"
done
kill "$gpus" 2>/dev/null
wait "$gpus"
`;

let made = 0;

/** A machine with NVIDIA GPUs and a folder of tickets that is its own. */
export function gpuMachine(): GpuTestMachine {
  const folder = mkdtempSync(join(scratch, "m-"));
  chmodSync(folder, 0o755);
  for (const name of ["bin", "state", "etc", "proc", "sys", "var", "jobs"]) mkdirSync(join(folder, name));
  mkdirSync(join(folder, "var/tmp"));
  chmodSync(join(folder, "var/tmp"), 0o1777);
  writeFileSync(join(folder, "bin/nvidia-smi"), nvidiaSmi, { mode: 0o755 });
  writeFileSync(join(folder, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  // By rename: somebody may be reading it.
  const state = (name: string, text: string) => {
    const file = join(folder, "state", name);
    writeFileSync(`${file}.new`, text);
    chmodSync(`${file}.new`, 0o666);
    renameSync(`${file}.new`, file);
  };
  state("calls", "");
  state("list", "");
  state("xml", "");
  const tickets = join(folder, "var/tmp/tensorline-gpu");
  const machine: GpuTestMachine = {
    folder,
    tickets,
    environment: {
      PATH: `${join(folder, "bin")}:/usr/bin:/bin`,
      HOST_VAR: join(folder, "var"),
      HOST_SYS: join(folder, "sys"),
    },
    show(gpus) {
      state("gpus", gpus.map(gpuRow).join(""));
      state("apps", gpus.flatMap((gpu, at) => (gpu.pids ?? []).map((pid) => `${busOf(at)}, ${pid}, 1024\n`)).join(""));
      state("code", "0\n");
    },
    showInTurn(looks) {
      for (const [at, gpus] of looks.entries()) state(`gpus.${at + 1}`, gpus.map(gpuRow).join(""));
    },
    fail(text, code) {
      state("gpus", text);
      state("code", `${code}\n`);
    },
    showSlices(list, xml) {
      state("list", list);
      state("xml", xml);
    },
    looks: () => readFileSync(join(folder, "state/calls"), "utf8").split("\n").length - 1,
    addUser: (name, uid) =>
      appendFileSync(join(folder, "etc/passwd"), `${name}:x:${uid}:${uid}::/home/${name}:/bin/sh\n`),
    addProcess(pid, uid) {
      mkdirSync(join(folder, "proc", String(pid)));
      writeFileSync(
        join(folder, "proc", String(pid), "status"),
        `Name:\tpython\nUid:\t${uid}\t${uid}\t${uid}\t${uid}\n`,
      );
    },
    live: () =>
      existsSync(tickets)
        ? readdirSync(tickets)
            .filter((name) => name.startsWith("1-"))
            .sort()
        : [],
    start(
      shell,
      wish,
      { id = `job-${made++}`, program: text = quickProgram, through = (argv: readonly string[]) => argv } = {},
    ) {
      const job = join(folder, "jobs", id, "hosts/machine1/jobs", id);
      mkdirSync(job, { recursive: true });
      chmodSync(job, 0o777);
      writeFileSync(join(job, "gpus"), text);
      writeFileSync(join(job, "gpus.wish"), `${wish}\n`);
      const argv = [shell.sh, "-c", supervisor, "sh", job, shell.sh];
      const [program = shell.sh, ...args] = through(argv);
      const child = spawn(program, args, {
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
        env: {
          ...machine.environment,
          PATH: `${join(folder, "bin")}:${shell.path}`,
          HOST_PROC: join(folder, "proc"),
          HOST_ETC: join(folder, "etc"),
        },
      });
      const waiter = waiterOf(id, job, child);
      waiters.add(waiter);
      return waiter;
    },
  };
  machine.show([{}, {}]);
  return machine;
}

function waiterOf(id: string, folder: string, child: ChildProcess): GpuWaiter {
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  const tellAll = () => {
    for (const listener of listeners) listener();
  };
  let over = false;
  if (!child.stdout) throw new Error("no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line);
    tellAll();
  });
  const supervisorPid = () => {
    const file = join(folder, "supervisor");
    return existsSync(file) ? Number(readFileSync(file, "utf8")) : 0;
  };
  const gone = once(child, "close").then(() => {
    over = true;
    tellAll();
  });
  return {
    id,
    folder,
    lines,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          const found = lines.find((line) => pattern.test(line));
          if (found === undefined && !over) return;
          listeners.delete(check);
          if (found === undefined) reject(new Error(`${id} ended without ${pattern}: ${lines.join(" | ")}`));
          else resolve(found);
        };
        listeners.add(check);
        check();
      }),
    pid: () => Number(readFileSync(join(folder, "pid"), "utf8")),
    async end() {
      // One that has only just begun does not listen yet.
      await until(() => over || supervisorPid() > 0);
      try {
        // Opening a pipe that nobody reads any more would wait for ever.
        const pipe = openSync(`/proc/${supervisorPid()}/fd/5`, constants.O_WRONLY | constants.O_NONBLOCK);
        writeSync(pipe, "stop\n");
        closeSync(pipe);
      } catch {
        // It ends already.
      }
      await gone;
    },
    async kill() {
      process.kill(supervisorPid(), "SIGKILL");
      await gone;
    },
  };
}

const busOf = (at: number) => `00000000:${(at + 0x1a).toString(16).toUpperCase()}:00.0`;

/** `GPU-1…`, as the stand-in prints it for the GPU of that index. */
export const uuidOf = (at: number) => `GPU-${String(at).repeat(8)}-0000-4000-8000-000000000000`;

function gpuRow(gpu: FakeGpu, at: number): string {
  const { used = 0, total = 81559, busy = 0, mode = "Default", mig = "Disabled", action = "None" } = gpu;
  return `${[at, busOf(at), used, total, busy, mode, gpu.uuid ?? uuidOf(at), mig, action].join(", ")}\n`;
}

/** A ticket of somebody, as a file. */
export function writeTicket(machine: GpuTestMachine, name: string, text: string): string {
  mkdirSync(machine.tickets, { recursive: true, mode: 0o1777 });
  chmodSync(machine.tickets, 0o1777);
  const file = join(machine.tickets, name);
  // By rename, as tickets are: who reads half of one takes it for none.
  const unfinished = join(machine.tickets, `.new-${name}`);
  writeFileSync(unfinished, text);
  renameSync(unfinished, file);
  return file;
}

/** Whether the folder is everybody's, and nobody can take away what is another's. */
export const modeOf = (file: string) => (statSync(file).mode & 0o7777).toString(8);
