import type { SystemSshNeed } from "../shared/host";

/**
 * Why something did not work, as data. `words.ts` turns each reason into a sentence; nothing else does.
 * A failure is recognised by its `problem`, never by `instanceof`: bundles are split and carry their own copy of the class.
 */
export type Problem =
  | ConnectionProblem
  | ForwardProblem
  | TransferProblem
  | GpuProblem
  | EnvironmentProblem
  | OperationProblem
  | JobProblem
  | HostsFileProblem
  | KeyLoginProblem
  | InternalProblem;

/** What nobody foresaw: a bug of ours, said plainly. */
export interface InternalProblem {
  readonly reason: "internal";
  readonly detail: string;
}

/** Reaching a host, proving it and the user, using the connection. */
export type ConnectionProblem =
  | { reason: "badHostName"; host: string }
  | { reason: "hostNotFound"; host: string; hostname: string }
  | { reason: "connectionRefused"; host: string; port: number }
  | { reason: "unreachable"; host: string }
  | { reason: "connectTimeout"; host: string; seconds: number }
  | { reason: "loginTimeout"; host: string; seconds: number }
  | { reason: "notSsh"; host: string; port: number }
  /** The server turns connections away for now. */
  | { reason: "tooManyLogins"; host: string }
  | { reason: "noCommonAlgorithm"; host: string; what: string }
  | { reason: "connectionLost"; host: string }
  /** `hop` carries the way to `host` and does not let it pass. */
  | { reason: "jumpProhibited"; host: string; hop: string }
  | { reason: "jumpFailed"; host: string; hop: string; target: string; detail: string }
  /** The way to `host` leads through `hop` again and again. */
  | { reason: "jumpLoop"; host: string; hop: string }
  | { reason: "proxyCommandFailed"; host: string; detail: string; exitCode?: number }
  | { reason: "configUnreadable"; file: string; detail: string }
  | { reason: "configUnsupported"; host: string; option: string }
  /** The config would run a command, but not only the user may have written its file. */
  | {
      reason: "configUntrusted";
      host: string;
      file: string;
      option: string;
      /** It lies in an open folder; it belongs to another user; others may write to it. */
      doubt: "workspace" | "owner" | "permissions";
    }
  // Proving the host
  | { reason: "hostKeyUnknown"; host: string; keyType: string; fingerprint: string }
  | {
      reason: "hostKeyChanged";
      host: string;
      keyType: string;
      offered: string;
      known: string;
      /** Where the old key stands. `own`: our store, which "Forget the old key…" may edit; else the user's file. */
      file: string;
      line: number;
      own: boolean;
      /** The name the file knows the host by, for `ssh-keygen -R`. */
      entry: string;
    }
  | { reason: "hostKeyRevoked"; host: string; keyType: string; fingerprint: string; file: string; line?: number }
  | { reason: "knownHostsUnreadable"; file: string; detail: string }
  // Proving the user
  | {
      reason: "authenticationFailed";
      host: string;
      user: string;
      tried: readonly string[];
      accepted: readonly string[];
      /** Key files named for this host that could not be offered. */
      leftOut?: readonly LeftOutKey[];
    }
  /** The server hung up over keys it did not want. */
  | { reason: "tooManyKeys"; host: string; user: string; tried: readonly string[]; accepted: readonly string[] }
  | { reason: "promptUnavailable"; question: string }
  | { reason: "cancelled" }
  // Leaving it to the system's ssh
  | { reason: "systemSshMissing"; host: string; need: SystemSshNeed }
  | { reason: "systemSshFailed"; host: string; detail: string }
  // Using a connection
  | { reason: "noSession"; host: string }
  | { reason: "terminalUnavailable"; host: string }
  /** It gave the only session to something else. */
  | { reason: "paused"; what: string }
  | { reason: "noShell"; host: string; detail: string }
  /** Connected as far as is known, but nothing has come for a while. */
  | { reason: "silent"; host: string; seconds: number }
  | { reason: "deadline"; what: string; seconds: number }
  | { reason: "answerTooLarge"; what: string; limitBytes: number }
  | { reason: "commandFailed"; what: string; exitCode?: number; signal?: string; detail: string }
  | { reason: "unreadable"; what: string; detail: string };

/** A key file that cannot be offered, and why; `detail` is a code of the client's system. */
export type LeftOutKey =
  | { file: string; why: "missing" | "not a key" | "PuTTY" | "certificate" | "security key" | "unsupported" }
  | { file: string; why: "unreadable"; detail: string };

/** What a forwarded port can suffer from. */
export type ForwardProblem =
  | { reason: "forwardProhibited"; host: string }
  | { reason: "forwardRefused"; host: string; target: string; detail: string };

/** What finding, making and changing Python environments can suffer from. */
export type EnvironmentProblem =
  | { reason: "environmentExists"; name: string }
  | { reason: "environmentNameUnusable"; name: string; why: string }
  | { reason: "environmentUnknown"; host: string; name: string }
  /** Several have the name; `choices` are their prefixes. */
  | { reason: "environmentAmbiguous"; name: string; choices: readonly string[] }
  | { reason: "environmentProtected"; name: string }
  | { reason: "environmentBroken"; name: string; detail: string }
  /** Another operation makes, changes or removes it. */
  | { reason: "environmentBusy"; name: string }
  | { reason: "managerMissing"; host: string; manager: string }
  | { reason: "packageUnusable"; name: string; why: string }
  | { reason: "packageNotFound"; names: string }
  | { reason: "packagesConflict"; detail: string }
  | { reason: "packageIndexUnreachable"; detail: string };

/** What work that goes on by itself on a host can suffer from. */
export type OperationProblem =
  | { reason: "operationUnknown"; id: string }
  /** It cannot be handed to a host as it is; `why` is a clause. */
  | { reason: "operationUnusable"; title: string; why: string }
  /** What was asked for needs one that has ended. */
  | { reason: "operationRunning"; id: string }
  | { reason: "operationFailed"; title: string; exitCode?: number; detail: string }
  /** Its processes are gone and nothing says how it ended, as after a reboot. */
  | { reason: "operationLost"; title: string }
  | { reason: "operationCancelled"; title: string };

/** What running jobs on a host can suffer from. */
export type JobProblem =
  | { reason: "jobUnknown"; host: string; id: string }
  /** Several begin with it; `choices` are their ids. */
  | { reason: "jobAmbiguous"; id: string; choices: readonly string[] }
  /** It cannot be handed to a host as it is; `why` is a clause. */
  | { reason: "jobUnusable"; name: string; why: string }
  /** What was asked for needs one that has ended. */
  | { reason: "jobRunning"; name: string }
  /** `why` is a clause: `tmux is not installed there`. */
  | { reason: "backendUnusable"; host: string; backend: string; why: string }
  /** The scheduler did not take it; `detail` is its own word. */
  | { reason: "schedulerRefused"; backend: string; detail: string }
  /** Not enough are free and nobody wanted to wait; `held` tells who has them. */
  | { reason: "gpusTaken"; host: string; wanted: number; free: number; held: string }
  | { reason: "gpuUnknown"; host: string; gpu: string }
  /** None of the hosts that were looked at can run it. */
  | { reason: "noHostFits"; hosts: readonly string[]; detail: string }
  | { reason: "presetsUnreadable"; file: string; detail: string }
  | { reason: "presetUnknown"; name: string; known: readonly string[] }
  /** A file that would be run lies neither on the host nor in a folder that goes there. */
  | { reason: "codeUnreachable"; path: string; why: string }
  | { reason: "snapshotFailed"; path: string; detail: string }
  | { reason: "secretMissing"; name: string };

/** What moving files can suffer from. */
export type TransferProblem =
  | { reason: "hostLacksTool"; tool: string }
  | { reason: "hostDiskFull"; path: string }
  | { reason: "hostQuotaExceeded"; path: string }
  | { reason: "hostReadOnly"; path: string }
  | { reason: "hostPermissionDenied"; path: string }
  | { reason: "hostNoSuchPath"; path: string }
  | { reason: "hostNotAFolder"; path: string }
  | { reason: "hostPathUnusable"; path: string }
  | { reason: "localUnreadable"; path: string; detail: string }
  | { reason: "localUnwritable"; path: string; detail: string }
  | { reason: "changedMeanwhile"; path: string }
  | { reason: "transferInterrupted"; path: string }
  | { reason: "transferStalled"; seconds: number };

/** What GPU tools, GPUs and their processes can suffer from. */
export type GpuProblem =
  | { reason: "noGpuTool"; lookedFor: readonly string[] }
  | { reason: "driverNotLoaded"; vendor: string }
  | { reason: "driverLibraryMismatch"; library?: string }
  | { reason: "libraryMissing"; tool: string }
  | { reason: "noDevices"; vendor: string }
  | { reason: "gpuLost"; index?: number; busId?: string }
  | { reason: "gpuNeedsReset"; index?: number }
  | { reason: "gpuUnreadable"; index?: number; busId?: string; detail: string }
  | { reason: "eccErrors"; index: number; count: number }
  | { reason: "gpuAsleep"; index?: number }
  | { reason: "insufficientPermissions"; tool: string }
  | { reason: "infoRomCorrupted"; index?: number }
  | { reason: "unknownField"; tool: string; field: string }
  | { reason: "toolHangs"; tool: string; seconds: number }
  | { reason: "toolFailed"; tool: string; exitCode?: number; detail: string }
  | { reason: "cutOff"; what: string }
  | { reason: "noSuchProcess"; pid: number }
  | { reason: "processChanged"; pid: number }
  | { reason: "notYourProcess"; pid: number; user?: string }
  | { reason: "processSurvived"; pid: number; seconds: number };

/** What editing the user's hosts can suffer from. */
export type HostsFileProblem =
  | { reason: "hostFieldInvalid"; field: string; value: string; rule: string }
  | { reason: "hostNameTaken"; host: string }
  /** Another program wrote the file since it was read. */
  | { reason: "hostsFileChanged"; file: string }
  | { reason: "hostsFileUnusable"; file: string; detail: string };

/** What setting up a log-in by key can suffer from. */
export type KeyLoginProblem =
  | { reason: "keyFileUnusable"; file: string; detail: string }
  /** The host's file of keys could not be read or written. */
  | { reason: "keyNotInstalled"; host: string; path: string; detail: string }
  /** The key is in its place and the host still refuses it. `loose`: what others may write to, which sshd distrusts. */
  | { reason: "installedKeyRefused"; host: string; path: string; loose?: { path: string; mode: string } }
  /** Keys are no way to log in there. */
  | { reason: "keysNotAccepted"; host: string; accepted: readonly string[] };

export type FailureReason = Problem["reason"];

/** The one error class; `problem` says why, `cause` keeps what led to it for the log. */
export class Failure extends Error {
  override readonly name = "Failure";
  constructor(
    readonly problem: Problem,
    cause?: unknown,
  ) {
    super(problem.reason, cause === undefined ? undefined : { cause });
  }
}

/** True for a failure of any bundle; with `reason`, only for that one. */
export function isFailure(error: unknown, reason?: FailureReason): error is Failure {
  if (!(error instanceof Error) || !("problem" in error)) return false;
  const problem = error.problem as { reason?: unknown } | undefined;
  if (typeof problem?.reason !== "string") return false;
  return reason === undefined || problem.reason === reason;
}

/** The problem behind anything thrown; what was never meant to be thrown becomes `internal`. */
export function problemOf(error: unknown): Problem {
  if (isFailure(error)) return error.problem;
  if (error instanceof Error && error.name === "AbortError") return { reason: "cancelled" };
  return { reason: "internal", detail: error instanceof Error ? error.message : String(error) };
}
