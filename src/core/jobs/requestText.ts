import { boundedText } from "../boundedText";
import { Failure } from "../failure";
import { quoteArgv } from "../remote";
import { backendOf } from "./backends";
import { isJobId } from "./jobId";
import type { GpuWish, JobRequest } from "./request";
import { scriptText } from "./script";

const longestName = 200;
const mostSettingsBytes = 16 * 1024;
/** All of it becomes one line for the host's shell. */
const mostBytes = 256 * 1024;

/**
 * A request as `scripts/submit.sh` reads it: its secrets, then for each part a line `NAME LINES` and its lines, then `end 0`.
 * @throws Failure `jobUnusable`, and what the back end refuses
 */
export function requestText(request: JobRequest): string {
  refuseUnusable(request);
  const { secrets, settings, gpus, timeLimitSeconds, snapshot } = request;
  const backend = backendOf(request.backend);
  const options = backend?.options?.(request) ?? [];
  const text = [
    part(
      "secrets",
      Object.entries(secrets).map(([name, value]) => `${name} ${value}`),
    ),
    part("card", [cardOf(request)]),
    ...(settings === undefined ? [] : [part("settings", [settings])]),
    part("script", linesOf(scriptText(request))),
    part("gpus.wish", [wishLine(gpus)]),
    ...(timeLimitSeconds === undefined ? [] : [part("limit", [String(timeLimitSeconds)])]),
    part("backend", [request.backend]),
    ...(options.length === 0 ? [] : [part("backend.options", options)]),
    ...Object.entries(backend?.files ?? {}).map(([name, file]) => part(name, linesOf(file))),
    ...(snapshot === undefined ? [] : [part("snapshot", [snapshot.from, ...snapshot.linked])]),
    "end 0\n",
  ].join("");
  if (Buffer.byteLength(text) > mostBytes) throw unusable(request, `it is longer than ${mostBytes / 1024} KiB`);
  return text;
}

function unusable({ name }: Pick<JobRequest, "name">, why: string): Failure {
  return new Failure({ reason: "jobUnusable", name, why });
}

function refuseUnusable(request: JobRequest): void {
  const { id, name, argv, folder, variables, secrets, gpus, timeLimitSeconds, settings = "", snapshot } = request;
  const check = (fits: boolean, why: string) => {
    if (!fits) throw unusable(request, why);
  };
  check(isJobId(id), "its id may hold letters, digits and dashes only");
  check(name !== "" && name.length <= longestName, `its name must have 1 to ${longestName} characters`);
  check(!/\p{Cc}/u.test(name), "its name holds a control character");
  check(!argv.join("").includes("\0"), "an argument holds a NUL");
  check(folder !== "" && !/[\n\0]/.test(folder), "its working folder has no usable path");
  check(
    Object.entries(variables).every(([key, value]) => isVariable(key) && !value.includes("\0")),
    "a variable holds a NUL, or has a name that none can have",
  );
  check(
    Object.entries(secrets).every(([key, value]) => isSecretName(key) && !/[\n\0]/.test(value)),
    "a secret holds a line break, or has a name that is not of capital letters, digits and underscores",
  );
  check(wishLine(gpus).length <= 4000 && !/[\n\0]/.test(wishLine(gpus)), "it names GPUs that no host can have");
  check(gpus.kind !== "these" || gpus.ids.every((gpu) => /^[^\s]+$/.test(gpu)), "it names a GPU with a blank");
  check(
    timeLimitSeconds === undefined || (Number.isInteger(timeLimitSeconds) && timeLimitSeconds > 0),
    "its time limit is no number of seconds",
  );
  check(
    !/[\n\0]/.test(settings) && Buffer.byteLength(settings) <= mostSettingsBytes,
    "its settings are no line of 16 KiB",
  );
  check(
    ![snapshot?.from ?? "/", ...(snapshot?.linked ?? [])].some((path) => path === "" || /[\n\0]/.test(path)),
    "a path of its code holds a line break or a NUL",
  );
  const backend = backendOf(request.backend);
  check(backend !== undefined, "nothing is known that could run it that way");
  const problem = backend?.refuse?.(request);
  if (problem) throw new Failure(problem);
}

function isVariable(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** Secrets pass through shells whose own variables have small letters, and which must still work. */
function isSecretName(name: string): boolean {
  return /^[A-Z][A-Z0-9_]*$/.test(name) && !["IFS", "PATH", "HOME", "SHELL"].includes(name);
}

/** @see gpus/scripts/gpus.sh */
function wishLine(gpus: GpuWish): string {
  if (gpus.kind === "any")
    return `any ${gpus.count} ${Math.ceil((gpus.memoryBytes ?? 0) / 2 ** 20)} ${gpus.queue ? 1 : 0}`;
  return gpus.kind === "these" ? ["these", gpus.queue ? 1 : 0, ...gpus.ids].join(" ") : gpus.kind;
}

/** What listings show of it: one line of JSON of at most 2000 bytes. */
function cardOf({ name, backend, argv, command, folder, environment }: JobRequest): string {
  for (let limit = 600; ; limit = Math.floor(limit / 2)) {
    const card = JSON.stringify({
      name,
      backend,
      command: boundedText(command ?? quoteArgv(argv), limit),
      folder: boundedText(folder, limit),
      ...(environment === undefined ? {} : { environment: boundedText(environment, limit) }),
    });
    if (Buffer.byteLength(card) <= 2000) return card;
  }
}

function linesOf(text: string): readonly string[] {
  return text.replace(/\n$/, "").split("\n");
}

function part(name: string, lines: readonly string[]): string {
  return `${name} ${lines.length}\n${lines.map((line) => `${line}\n`).join("")}`;
}
