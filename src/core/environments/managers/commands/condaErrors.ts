import * as v from "valibot";
import type { Problem } from "../../../failure";
import { firstJson } from "./firstJson";

/** An error as conda tells it: the name of its exception is the code, everything else is text. */
interface CondaError {
  readonly exception: string;
  readonly message: string;
  readonly packages?: readonly string[];
  readonly path?: string;
  readonly url?: string;
}

const ErrorAnswer = v.object({
  exception_name: v.string(),
  message: v.optional(v.string(), ""),
  packages: v.optional(v.unknown()),
  location: v.optional(v.unknown()),
  url: v.optional(v.unknown()),
});
const Words = v.array(v.string());

/**
 * What an error of conda, mamba or micromamba means; undefined where the output holds none that says more than its text.
 * conda's is read from its JSON or, without `--json`, from the line `NAME: message` that stands for it.
 */
export function condaProblem(output: string): Problem | undefined {
  const error = errorFromJson(output) ?? errorFromText(output);
  return (error && problemOf(error)) ?? libmambaProblem(output);
}

function errorFromJson(output: string): CondaError | undefined {
  const read = v.safeParse(ErrorAnswer, firstJson(output));
  if (!read.success) return undefined;
  const { exception_name: exception, message, packages, location, url } = read.output;
  const names = v.safeParse(Words, packages);
  return {
    exception,
    message,
    ...(names.success ? { packages: names.output } : {}),
    ...(typeof location === "string" ? { path: location } : {}),
    ...(typeof url === "string" ? { url } : {}),
  };
}

/** The last line that begins with a name of the table, and what is told below it. */
function errorFromText(output: string): CondaError | undefined {
  const found = [...output.matchAll(/^([A-Z]\w+): ?/gm)].findLast(([, name]) => Object.hasOwn(problems, name ?? ""));
  if (found?.[1] === undefined) return undefined;
  return { exception: found[1], message: output.slice(found.index + found[0].length) };
}

type Reading = (error: CondaError) => Problem;

const notFound: Reading = ({ packages, message }) => ({
  reason: "packageNotFound",
  names: (packages ?? listed(message)).join(", "),
});
const conflict: Reading = ({ message }) => ({ reason: "packagesConflict", detail: conflictText(message) });
const unreachable: Reading = ({ url, message }) => ({
  reason: "packageIndexUnreachable",
  detail: url ?? /https?:\/\/[^\s>]+/.exec(message)?.[0] ?? firstLine(message),
});
/** Whether to accept them is the user's to say. */
const terms: Reading = ({ message }) => ({
  reason: "packageIndexUnreachable",
  detail: `${/https?:\/\/[^\s>]+/.exec(message)?.[0] ?? "a channel"} wants its terms of service accepted, with “conda tos accept”`,
});
const denied: Reading = ({ message }) => ({ reason: "hostPermissionDenied", path: pathIn(message) });
const noEnvironment: Reading = ({ path, message }) => ({
  reason: "environmentBroken",
  name: path ?? pathIn(message),
  detail: "conda takes it for no environment of its own",
});
const notInstalled: Reading = ({ message }) => ({
  reason: "packageNotFound",
  names: /package name: (\S+)/.exec(message)?.[1] ?? firstLine(message),
});
const badSpec: Reading = ({ message }) => ({
  reason: "packageNotFound",
  names: /'([^'\n]+)'/.exec(message)?.[1] ?? firstLine(message),
});
const noFile: Reading = ({ message }) => ({ reason: "hostNoSuchPath", path: pathIn(message) });

/** By the names in conda's `exceptions.py` and `conda-libmamba-solver`. */
const problems: Readonly<Record<string, Reading>> = {
  PackagesNotFoundError: notFound,
  PackagesNotFoundInChannelsError: notFound,
  PackagesNotFoundInPrefixError: notFound,
  PackageNotInstalledError: notInstalled,
  ResolvePackageNotFound: notFound,
  InvalidMatchSpec: badSpec,
  InvalidVersionSpec: badSpec,
  UnsatisfiableError: conflict,
  LibMambaUnsatisfiableError: conflict,
  SpecsConfigurationConflictError: conflict,
  CondaHTTPError: unreachable,
  CondaSSLError: unreachable,
  CondaConnectionError: unreachable,
  CondaToSNonInteractiveError: terms,
  CondaToSRejectedError: terms,
  ProxyError: unreachable,
  UnavailableInvalidChannel: unreachable,
  ChannelNotAllowed: unreachable,
  OfflineError: unreachable,
  EnvironmentNotWritableError: denied,
  NotWritableError: denied,
  NoWritableEnvsDirError: denied,
  DirectoryNotACondaEnvironmentError: noEnvironment,
  EnvironmentLocationNotFound: noEnvironment,
  EnvironmentNameNotFound: noEnvironment,
  EnvironmentFileNotFound: noFile,
  EnvironmentIsFrozenError: ({ message }) => ({ reason: "environmentProtected", name: pathIn(message) }),
  NoSpaceLeftError: ({ message }) => ({ reason: "hostDiskFull", path: pathIn(message) }),
};

function problemOf(error: CondaError): Problem | undefined {
  const problem = Object.hasOwn(problems, error.exception) ? problems[error.exception]?.(error) : undefined;
  // The libmamba solver tells of packages that are nowhere as a conflict.
  if (problem?.reason !== "packagesConflict") return problem;
  return missingNames(error.message) ?? problem;
}

/** mamba 2 and micromamba have no names for their errors; their texts are not translated. */
function libmambaProblem(output: string): Problem | undefined {
  if (/^(?:error|critical)\s+libmamba\s/m.test(output)) {
    const missing = missingNames(output);
    if (missing) return missing;
  }
  if (/Could not solve for environment specs|Encountered problems while solving/.test(output)) {
    return { reason: "packagesConflict", detail: conflictText(output) };
  }
  const failed = /(?:Download error|Could not resolve host|Failed to connect|Connection refused)/.exec(output);
  if (!failed || !/^(?:error|critical|warning)\s+libmamba\s/m.test(output)) return undefined;
  return {
    reason: "packageIndexUnreachable",
    detail: /https?:\/\/[^\s\]>]+/.exec(output.slice(failed.index))?.[0] ?? failed[0],
  };
}

function missingNames(text: string): Problem | undefined {
  const found = text.split("\n").flatMap((line) => {
    const [, flat] = /nothing provides requested ([\w.-]+)/.exec(line) ?? [];
    if (flat !== undefined || !/ does not exist/.test(line)) return flat ?? [];
    return /[A-Za-z0-9_][\w.-]*/.exec(line) ?? [];
  });
  const names = [...new Set(found)];
  return names.length === 0 ? undefined : { reason: "packageNotFound", names: names.join(", ") };
}

/** The packages of a list such as `\n  - nosuchpkg`, before the list of channels. */
function listed(message: string): readonly string[] {
  const [, list = message] = /:\s*\n((?:\s*- [^\n]*\n?)+)/.exec(message) ?? [];
  const names = [...list.matchAll(/^\s*- (\S+)/gm)].flatMap(([, name]) => name ?? []);
  return names.length === 0 ? [firstLine(message)] : names;
}

/** The part that names packages, without the advice around it. */
function conflictText(message: string): string {
  const lines = message.split("\n").map((line) => line.replace(/[│├└─]+/g, " ").trim());
  const at = lines.findIndex((line) =>
    /conflicts for:|are incompatible|could not be installed|^- |Problem: /.test(line),
  );
  const told = lines
    .slice(Math.max(at, 0))
    .filter((line) => line !== "" && !/^(?:error|critical)\s+libmamba/.test(line));
  return told.slice(0, 4).join(" ");
}

const firstLine = (text: string): string =>
  text
    .split("\n")
    .find((line) => line.trim() !== "")
    ?.trim() ?? "";
const pathIn = (text: string): string => /(\/[^\n'":,]+)/.exec(text)?.[1]?.trim() ?? "the environment";
