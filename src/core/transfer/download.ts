import { once } from "node:events";
import { type Entry, extract } from "tar-stream";
import { Failure, isFailure } from "../failure";
import type { Runner } from "../remote";
import type { DownloadPlan } from "./downloadPlan";
import { runScript, type ScriptIo } from "./hostScript";
import { type LocalFiles, localFiles, removeParts } from "./localFiles";
import { linkStaysInside } from "./names";
import { createPool } from "./pool";
import { createMeter, type Meter } from "./progress";
import packScript from "./scripts/pack.sh";
import readScript from "./scripts/read.sh";
import {
  bigFileBytes,
  blockBytes,
  type FileEntry,
  type TransferDeps,
  type TransferOptions,
  type TransferResult,
  type TransferWarning,
  type TransferWarningReason,
} from "./transfer";

/** A file of at most so many bytes is held in memory until it is written, several at the same time. */
const smallFileBytes = 256 * 1024;
const writersAtOnce = 16;

/** What `pack.sh` says when tar could not read everything. */
const partialExit = 38;

interface Receiving {
  readonly deps: TransferDeps;
  readonly runner: Runner;
  readonly plan: DownloadPlan;
  readonly files: LocalFiles;
  readonly meter: Meter;
  readonly signal: AbortSignal;
  warn(path: string, reason: TransferWarningReason): void;
}

/**
 * Carries out a plan. Each file gets to its place by rename once it is complete; what has arrived of a big file is kept
 * when the connection is lost, and found by the next download.
 * @throws Failure of `runScript`, `localUnwritable`
 */
export async function runDownload(
  deps: TransferDeps,
  runner: Runner,
  plan: DownloadPlan,
  { onProgress, signal }: TransferOptions,
): Promise<TransferResult> {
  const meter = createMeter(deps.clock, { totalBytes: plan.bytes, totalFiles: plan.download.length }, onProgress);
  const warnings: TransferWarning[] = [...plan.warnings];
  const warn = (path: string, reason: TransferWarningReason) => void warnings.push({ path, reason });
  const files = localFiles(plan.folder, plan.pathOf);
  const receiving: Receiving = { deps, runner, plan, files, meter, signal, warn };
  const big = plan.download.filter(({ size }) => size >= bigFileBytes);
  try {
    await files.makeFolder("");
    for (const { path } of plan.folders) {
      const refusal = await files.makeFolder(path);
      if (refusal) warn(path, refusal);
    }
    await receiveArchive(receiving);
    for (const file of big) await receiveBig(receiving, file);
  } catch (error) {
    if (isFailure(error, "cancelled")) await removeParts(big, plan.pathOf);
    throw error;
  }
  meter.finish();
  const { doneBytes, doneFiles } = meter.done();
  return { bytes: doneBytes, files: doneFiles, deleted: 0, warnings };
}

async function receiveBig(receiving: Receiving, file: FileEntry): Promise<void> {
  const { deps, runner, plan, files, meter, signal, warn } = receiving;
  const refusal = await files.prepare(file.path);
  if (refusal) return warn(file.path, refusal);
  const offset = await files.arrived(file);
  const path = `${plan.root === "/" ? "" : plan.root}/${file.path}`;
  const parameters = [path, String(file.size), String(file.mtime), String(offset / blockBytes)];
  try {
    await runScript(deps, runner, { what: "receiving a file", body: readScript, parameters, path }, signal, (io) =>
      files.resume(file, offset, io.output, restTaker(io, file.size - offset, meter)),
    );
    meter.file(file.path);
  } catch (error) {
    if (!isFailure(error, "changedMeanwhile")) throw error;
    await removeParts([file], plan.pathOf);
    warn(file.path, "changedMeanwhile");
  }
}

/** Takes the bytes after the line "same", and no more than there should be. */
function restTaker({ alive }: ScriptIo, length: number, meter: Meter): (chunk: Buffer) => Buffer {
  let head: Buffer | undefined = Buffer.alloc(0);
  let left = length;
  return (chunk) => {
    alive();
    let bytes = chunk;
    if (head) {
      head = Buffer.concat([head, chunk]);
      const end = head.indexOf("\n") + 1;
      bytes = end === 0 ? Buffer.alloc(0) : head.subarray(end);
      if (end > 0) head = undefined;
    }
    const wanted = bytes.subarray(0, left);
    left -= wanted.length;
    meter.bytes(wanted.length);
    return wanted;
  };
}

async function receiveArchive(receiving: Receiving): Promise<void> {
  const { deps, runner, plan, files, signal, warn } = receiving;
  const small = plan.download.filter(({ size }) => size < bigFileBytes);
  if (small.length + plan.links.length === 0) return;
  const missing = new Map<string, FileEntry>();
  for (const file of small) {
    const refusal = await files.prepare(file.path);
    if (refusal) warn(file.path, refusal);
    else missing.set(file.path, file);
  }
  const links = new Map<string, string | undefined>(plan.links.map(({ path }) => [path, undefined]));
  const asked = missing.size;
  const script = {
    what: "receiving files",
    body: packScript,
    parameters: [plan.root],
    path: plan.root,
    tolerated: [partialExit],
  };
  const { complaint, exitCode } = await runScript(deps, runner, script, signal, async (io) => {
    const names = [...missing.keys(), ...links.keys()].map((path) => `./${path}\n`).join("");
    const asking = io.send(Buffer.from(names)).then(io.endInput);
    await Promise.all([asking, unpack(io, receiving, missing, links).catch(brokenArchive)]);
  });
  if (exitCode === partialExit && asked > 0 && missing.size === asked) {
    throw new Failure({ reason: "commandFailed", what: script.what, exitCode, detail: complaint.trim() });
  }
  for (const path of missing.keys()) warn(path, "unreadable");
  for (const [, path = ""] of complaint.matchAll(/^tar: \.\/(.*): (?:file changed as|File shrank)/gm)) {
    warn(path, "changedMeanwhile");
  }
  // Last, so that nothing of this archive can be written through one of them.
  for (const [path, target] of links) await makeLink(receiving, path, target);
}

function brokenArchive(error: unknown): never {
  // A stream that broke has a code; the archive's own complaints have none.
  if (isFailure(error) || (error instanceof Error && "code" in error)) throw error;
  throw new Failure({ reason: "unreadable", what: "archive of the files", detail: "it is cut off or broken" }, error);
}

async function makeLink({ files, warn }: Receiving, path: string, target: string | undefined): Promise<void> {
  if (target === undefined) return warn(path, "unreadable");
  if (!linkStaysInside(path, target)) return warn(path, "linkLeaves");
  const refusal = (await files.prepare(path)) ?? (await files.makeLink(path, target));
  if (refusal) warn(path, refusal);
}

/** Takes from the archive what was asked for, and nothing else; what was received is taken out of `missing`. */
async function unpack(
  io: ScriptIo,
  receiving: Receiving,
  missing: Map<string, FileEntry>,
  links: Map<string, string | undefined>,
): Promise<void> {
  const archive = extract();
  const feeding = feed(io, archive);
  const writers = createPool(writersAtOnce);
  try {
    for await (const entry of archive) {
      const { name, type, size = 0, linkname } = entry.header;
      const path = name.replace(/^\.\//, "");
      const file = missing.get(path);
      if (type === "symlink" && links.has(path)) links.set(path, linkname ?? undefined);
      if (type !== "file" || !file) {
        entry.resume();
      } else {
        missing.delete(path);
        if (size === file.size) await receiveEntry(receiving, writers, file, entry);
        else {
          receiving.warn(path, "changedMeanwhile");
          entry.resume();
        }
      }
    }
  } finally {
    // Also where the archive broke off: what is being written gets to its place or is removed before this ends.
    await writers.idle();
  }
  writers.check();
  await feeding;
}

async function feed({ output, alive }: ScriptIo, archive: ReturnType<typeof extract>): Promise<void> {
  try {
    for await (const chunk of output as AsyncIterable<Buffer>) {
      alive();
      if (!archive.write(chunk)) await once(archive, "drain");
    }
    archive.end();
  } catch (error) {
    archive.destroy(error as Error);
  }
}

async function receiveEntry(
  { files, meter, warn }: Receiving,
  writers: ReturnType<typeof createPool>,
  file: FileEntry,
  entry: Entry,
): Promise<void> {
  const counted = (chunk: Uint8Array) => {
    meter.bytes(chunk.length);
    return chunk;
  };
  const written = async (work: Promise<void>) => {
    try {
      await work;
      meter.file(file.path);
    } catch (error) {
      if (!isOnlyThisFile(error)) throw error;
      warn(file.path, "unwritable");
    }
  };
  if (file.size <= smallFileBytes) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(counted(chunk));
    await writers.run(() => written(files.write(file, Buffer.concat(chunks))));
  } else {
    await written(files.writeStream(file, mapped(entry as AsyncIterable<Uint8Array>, counted)));
    entry.resume();
  }
}

async function* mapped<T>(source: AsyncIterable<T>, map: (item: T) => T): AsyncGenerator<T> {
  for await (const item of source) yield map(item);
}

/** One file that may not be replaced, such as one that another program has open on Windows, does not end the transfer. */
function isOnlyThisFile(error: unknown): boolean {
  if (!isFailure(error) || error.problem.reason !== "localUnwritable") return false;
  return ["EACCES", "EPERM", "EBUSY", "EISDIR", "ENOTEMPTY", "ENAMETOOLONG", "EINVAL", "EEXIST"].includes(
    error.problem.detail,
  );
}
