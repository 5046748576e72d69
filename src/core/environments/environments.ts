import type { Environment, Package, Verdict } from "../../shared/environments";
import type { Clock } from "../clock";
import type { HostLease } from "../connections";
import { Emitter, type Event } from "../event";
import { Failure, isFailure, type Problem, problemOf } from "../failure";
import { type Disposable, toDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import { type FollowedOperation, followOperation } from "../operations/followed";
import type { Operation, OperationRequest, Operations } from "../operations/operation";
import { type HostRef, hostId } from "../ports";
import type { Runner } from "../remote";
import type { EnvironmentParts } from "./parts";
import type { Survey, SurveyOptions } from "./survey";
import type { LoadedLibrary } from "./toolkits/loads";
import type { ToolkitSurvey } from "./toolkits/readSurvey";

export interface EnvironmentsDeps {
  acquire(host: HostRef): HostLease;
  /** Where to search, read anew at each survey. */
  places(): Pick<SurveyOptions, "searchPaths" | "depth">;
  /** Loads the heavy part. */
  parts(): EnvironmentParts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is known of a host's environments and toolkits. Absent: not looked at, or not readable. */
export interface HostEnvironments {
  readonly survey?: Survey;
  readonly toolkits?: ToolkitSurvey;
  /** By `environmentId`. */
  readonly verdicts: ReadonlyMap<string, readonly Verdict[]>;
  /** By `environmentId`: what its frameworks would really load. */
  readonly loads: ReadonlyMap<string, readonly LoadedLibrary[]>;
  /** `Clock.now()` when it was read. */
  readonly readAt?: number;
  readonly isReading: boolean;
  /** Why the last reading failed; what was known before stays. */
  readonly problem?: Problem;
  readonly toolkitProblem?: Problem;
  /** What runs there now, newest first. */
  readonly running: readonly FollowedOperation[];
}

/** Environments, toolkits and the work on them, per host. Nothing is read while nobody looks. */
export interface Environments extends Disposable {
  /** Without reading anything. */
  state(host: HostRef): HostEnvironments;
  readonly onChange: Event<HostRef>;
  /** Keeps the host connected and what is known of it current for as long as it lives. */
  look(host: HostRef): Disposable;
  /** Reads again; joins a reading that is under way. @throws Failure */
  refresh(host: HostRef, signal: AbortSignal, fresh?: boolean): Promise<HostEnvironments>;
  /** Does something short over the connection, which is kept for it. @throws Failure */
  use<T>(host: HostRef, signal: AbortSignal, work: (runner: Runner, parts: EnvironmentParts) => Promise<T>): Promise<T>;
  /** All packages of an environment. @throws Failure */
  packages(host: HostRef, environment: Environment, signal: AbortSignal): Promise<readonly Package[]>;
  /** Starts work that outlives the window; resolves once the host has it. @throws Failure */
  start(host: HostRef, request: OperationRequest, signal: AbortSignal): Promise<FollowedOperation>;
  /** Resolves once it is over and what it did is undone. @throws Failure */
  cancel(operation: FollowedOperation, signal: AbortSignal): Promise<Operation>;
  parts(): EnvironmentParts;
}

/** One word for an environment, stable on its host. Pythons of the system share a prefix. */
export function environmentId({ manager, prefix, interpreter, module }: EnvironmentName): string {
  if (module !== undefined) return `${prefix} (${module})`;
  return manager === "system" ? (interpreter ?? prefix) : prefix;
}

type EnvironmentName = Pick<Environment, "manager" | "prefix" | "interpreter" | "module">;

/** What the service keeps of a host. */
interface Room {
  state: HostEnvironments;
  lookers: number;
  reading?: Reading;
}

/** It ends early when nobody waits for it any more. */
interface Reading {
  readonly done: Promise<HostEnvironments>;
  readonly stop: AbortController;
  waiting: number;
}

export function createEnvironments(deps: EnvironmentsDeps): Environments {
  const { clock, log } = deps;
  const changes = new Emitter<HostRef>((error) => log.error("a listener of environments failed", error));
  const rooms = new Map<string, Room>();
  const closing = new AbortController();

  const roomOf = (host: HostRef): Room => {
    const known = rooms.get(hostId(host));
    if (known) return known;
    const room: Room = { state: { verdicts: new Map(), loads: new Map(), isReading: false, running: [] }, lookers: 0 };
    rooms.set(hostId(host), room);
    return room;
  };

  const change = (host: HostRef, more: Partial<HostEnvironments>) => {
    const room = roomOf(host);
    room.state = { ...room.state, ...more };
    if (!closing.signal.aborted) changes.fire(host);
  };

  async function use<T>(
    host: HostRef,
    signal: AbortSignal,
    work: (runner: Runner, parts: EnvironmentParts) => Promise<T>,
  ): Promise<T> {
    const lease = deps.acquire(host);
    try {
      return await work(await lease.connected(signal), deps.parts());
    } finally {
      lease.dispose();
    }
  }

  const read = (host: HostRef, signal: AbortSignal, fresh: boolean) =>
    use(host, signal, async (runner, parts) => {
      const survey = await parts.survey(runner, { ...deps.places(), fresh }, signal);
      change(host, { survey, problem: undefined });
      const toolkits = await parts.surveyToolkits(runner, survey, signal).catch((error: unknown) => {
        if (signal.aborted) throw error;
        log.warn(`${host.name}: the toolkits could not be read`);
        return problemOf(error);
      });
      const readAt = clock.now();
      if ("reason" in toolkits) return change(host, { toolkitProblem: toolkits, readAt });
      const { environments } = survey.report;
      const byId = <T>(of: (environment: Environment) => T) =>
        new Map(environments.map((environment) => [environmentId(environment), of(environment)]));
      const verdicts = byId((environment) => parts.judge(environment, toolkits, survey.machine));
      const loads = byId((environment) => parts.loads(environment, toolkits));
      change(host, { toolkits, toolkitProblem: undefined, verdicts, loads, readAt });
    });

  async function readWhole(host: HostRef, signal: AbortSignal, fresh: boolean): Promise<HostEnvironments> {
    const room = roomOf(host);
    change(host, { isReading: true });
    try {
      await read(host, signal, fresh);
      await takeUp(host, signal);
      return room.state;
    } catch (error) {
      if (!isFailure(error, "cancelled")) change(host, { problem: problemOf(error) });
      throw error;
    } finally {
      room.reading = undefined;
      change(host, { isReading: false });
    }
  }

  async function refresh(host: HostRef, signal: AbortSignal, fresh = false): Promise<HostEnvironments> {
    const room = roomOf(host);
    const reading = room.reading ?? begin(host, fresh);
    reading.waiting++;
    const given = AbortSignal.any([signal, closing.signal]);
    let leave = () => {};
    const left = new Promise<never>((_resolve, reject) => {
      leave = () => reject(new Failure({ reason: "cancelled" }));
      if (given.aborted) leave();
      else given.addEventListener("abort", leave, { once: true });
    });
    try {
      return await Promise.race([reading.done, left]);
    } finally {
      given.removeEventListener("abort", leave);
      if (--reading.waiting === 0) reading.stop.abort();
    }
  }

  function begin(host: HostRef, fresh: boolean): Reading {
    const stop = new AbortController();
    const reading: Reading = { done: readWhole(host, stop.signal, fresh), stop, waiting: 0 };
    reading.done.catch(() => undefined);
    roomOf(host).reading = reading;
    return reading;
  }

  /** What runs on the host since another window, or before this one was closed. */
  async function takeUp(host: HostRef, signal: AbortSignal): Promise<void> {
    const lease = deps.acquire(host);
    try {
      const all = await deps.parts().createOperations(lease, clock).list(signal);
      for (const operation of all) if (operation.state === "running") follow(host, operation);
    } catch (error) {
      if (!signal.aborted) log.warn(`${host.name}: its operations could not be listed (${problemOf(error).reason})`);
    } finally {
      lease.dispose();
    }
  }

  function follow(host: HostRef, operation: Operation): FollowedOperation {
    const room = roomOf(host);
    const known = room.state.running.find(({ id }) => id === operation.id);
    if (known) return known;
    const lease = deps.acquire(host);
    const operations: Operations = deps.parts().createOperations(lease, clock);
    const followed = followOperation(host, operation, operations, closing.signal);
    change(host, { running: [followed, ...room.state.running] });
    // What it changed is read where somebody looks, else at the next look.
    const outdated = () => {
      if (room.lookers > 0) refresh(host, closing.signal, true).catch(() => undefined);
      else room.state = { ...room.state, readAt: undefined };
    };
    const over = () => {
      lease.dispose();
      change(host, { running: room.state.running.filter((one) => one !== followed) });
      // A reading under way may have seen what was there before.
      if (room.reading) room.reading.done.then(outdated, outdated);
      else outdated();
    };
    followed.ended.then(over, over);
    return followed;
  }

  return {
    state: (host) => roomOf(host).state,
    onChange: changes.event,
    refresh,
    use,
    look(host) {
      const room = roomOf(host);
      const lease = deps.acquire(host);
      room.lookers++;
      if (room.state.readAt === undefined) refresh(host, closing.signal).catch(() => undefined);
      return toDisposable(() => {
        room.lookers--;
        lease.dispose();
      });
    },
    packages: (host, { prefix }, signal) =>
      use(host, signal, (runner, parts) => parts.listPackages(runner, prefix, signal)),
    async start(host, request, signal) {
      const lease = deps.acquire(host);
      try {
        await deps.parts().createOperations(lease, clock).start(request, signal);
        return follow(host, { id: request.id, title: request.title, state: "running" });
      } finally {
        lease.dispose();
      }
    },
    async cancel({ host, id }, signal) {
      const lease = deps.acquire(host);
      try {
        return await deps.parts().createOperations(lease, clock).cancel(id, signal);
      } finally {
        lease.dispose();
      }
    },
    parts: deps.parts,
    dispose() {
      closing.abort(new Failure({ reason: "cancelled" }));
      changes.dispose();
    },
  };
}
