import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import * as v from "valibot";
import { Failure } from "../core/failure";
import type { Disposable } from "../core/lifecycle";
import { type DemoReady, DemoReadySchema, FaultAnswerSchema, type FaultRequest } from "./protocol";

export interface DemoProcessOptions {
  /** The Node program: `process.execPath`, which may be an editor's. */
  readonly node: string;
  /** `dist/demo.cjs`. */
  readonly script: string;
  /** Alike hosts for measuring, instead of the usual four. */
  readonly hosts?: number;
  readonly seed?: number;
  /** Where the run's own folder is made; the system's temporary folder by default. */
  readonly stateFolder?: string;
  /** GPUs only, no commands: what a computer without a POSIX shell gets anyway. */
  readonly recorded?: boolean;
}

/** The demo fleet in a process of its own. Disposing it, or the end of this process, ends it and everything it started. */
export interface DemoProcess extends DemoReady, Disposable {
  /** Makes something go wrong on a host. Rejects with reason `commandFailed` for an unknown host, a fault it cannot show or after the end. */
  fault(request: FaultRequest): Promise<void>;
  /** Resolves when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** Starts it and waits until its hosts can be reached. Rejects with reason `commandFailed`. */
export async function startDemoProcess(options: DemoProcessOptions): Promise<DemoProcess> {
  const child = spawn(options.node, [options.script, ...argumentsOf(options)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
  });
  let complaint = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaint = (complaint + text).slice(-2000);
  });
  child.stdin.on("error", () => undefined);
  let failed: unknown;
  const waiting: ((line: string | undefined) => void)[] = [];
  const ended = new Promise<void>((resolve) => {
    child.once("error", (error) => {
      failed = error;
    });
    child.once("close", () => {
      for (const answer of waiting.splice(0)) answer(undefined);
      resolve();
    });
  });
  createInterface({ input: child.stdout }).on("line", (line) => waiting.shift()?.(line));
  const nextLine = () => new Promise<string | undefined>((resolve) => waiting.push(resolve));
  const lost = (what: string) => {
    const detail = complaint.trim();
    const exit = child.exitCode === null ? {} : { exitCode: child.exitCode };
    return new Failure({ reason: "commandFailed", what, ...exit, detail }, failed);
  };

  const ready = readReady(await nextLine());
  if (ready === undefined) {
    child.kill();
    throw lost("starting the demo fleet");
  }
  return {
    ...ready,
    ended,
    async fault(request) {
      if (child.exitCode !== null || child.signalCode !== null) throw lost("switching a fault of the demo fleet");
      const answered = nextLine();
      child.stdin.write(`${JSON.stringify(request)}\n`);
      const answer = v.safeParse(v.pipe(v.string(), v.parseJson(), FaultAnswerSchema), await answered);
      if (!answer.success || !answer.output.ok) throw lost("switching a fault of the demo fleet");
    },
    dispose: () => child.stdin.end(),
  };
}

function argumentsOf(options: DemoProcessOptions): string[] {
  return [
    ...(options.hosts === undefined ? [] : ["--hosts", String(options.hosts)]),
    ...(options.seed === undefined ? [] : ["--seed", String(options.seed)]),
    ...(options.stateFolder === undefined ? [] : ["--state", options.stateFolder]),
    ...(options.recorded ? ["--recorded"] : []),
  ];
}

/** The first line: where the fleet is; undefined for anything else. */
function readReady(line: string | undefined): DemoReady | undefined {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), DemoReadySchema), line);
  return read.success ? read.output : undefined;
}
