import { Failure, type Problem } from "../core/failure";
import { plainText } from "./plainText";

/** Why the network would not let us through, by the system's error code. */
export function networkProblem(code: string, host: string, hostname: string, port: number): Problem {
  switch (code) {
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "EAI_NODATA":
    case "EAI_NONAME":
      return { reason: "hostNotFound", host, hostname };
    case "ECONNREFUSED":
      return { reason: "connectionRefused", host, port };
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EHOSTDOWN":
    case "ENETDOWN":
    case "EADDRNOTAVAIL":
    case "ETIMEDOUT":
      return { reason: "unreachable", host };
    default:
      return { reason: "connectionLost", host };
  }
}

/** How far a log-in got; decides what an error of ssh2 means. */
export interface LoginProgress {
  readonly host: string;
  readonly port: number;
  /** What came from the other side up to its greeting. */
  readonly beginning: string;
  /** It introduced itself as SSH. */
  readonly greeted: boolean;
  /** Keys are agreed and the host is proven. */
  readonly secured: boolean;
  /** What a hang-up with this code means while logging in. */
  readonly refused: (code: number) => Failure;
}

/** `SSH_DISCONNECT_KEY_EXCHANGE_FAILED`, RFC 4253 section 11.1. */
const keyExchangeFailed = 3;

/** All that an OpenSSH server says when it turns a connection away; it has no code for this. */
const turnedAway = /^(Exceeded MaxStartups|Not allowed at this time)\r?\n/;

/** Turns an error event of ssh2 before the log-in is done into a failure; its `level` and `code` decide, never its text. */
export function loginFailure(error: Error & { level?: string; code?: unknown }, progress: LoginProgress): Failure {
  const { host, port } = progress;
  if (turnedAway.test(progress.beginning)) return new Failure({ reason: "tooManyLogins", host }, error);
  if (!progress.greeted && progress.beginning !== "") return new Failure({ reason: "notSsh", host, port }, error);
  if (progress.secured && typeof error.code === "number") return progress.refused(error.code);
  if (progress.greeted && !progress.secured && (error.level === "handshake" || error.code === keyExchangeFailed)) {
    return new Failure({ reason: "noCommonAlgorithm", host, what: plainText(error.message, 200) }, error);
  }
  return new Failure({ reason: "connectionLost", host }, error);
}
