import { Failure, isFailure } from "../failure";
import type { Runner } from "../remote";
import { ahead } from "./ahead";
import { runScript, type ScriptIo, shortScript } from "./hostScript";
import { readPieces, readWhole } from "./localFiles";
import { createMeter, type Meter } from "./progress";
import appendScript from "./scripts/append.sh";
import deleteScript from "./scripts/delete.sh";
import discardScript from "./scripts/discard.sh";
import unpackScript from "./scripts/unpack.sh";
import { tarEnd, tarHeader, tarPadding } from "./tarHeader";
import { bigFileBytes, type FileEntry, type TransferDeps, type TransferOptions, type TransferResult } from "./transfer";
import type { FileToSend, UploadPlan } from "./uploadPlan";

/** A file of at most so many bytes is read in one go, several at the same time. */
const smallFileBytes = 256 * 1024;
const readAhead = 16;
const sendBytes = 256 * 1024;

/**
 * Carries out a plan. Everything is gathered in a hidden folder on the host and gets to its place by rename, at the end.
 * A connection that is lost leaves that folder for the next plan of the same source; anything else removes it.
 * @throws Failure of `runScript`, `localUnreadable`, `changedMeanwhile`
 */
export async function runUpload(
  deps: TransferDeps,
  runner: Runner,
  plan: UploadPlan,
  { onProgress, signal }: TransferOptions,
): Promise<TransferResult> {
  const meter = createMeter(deps.clock, { totalBytes: plan.bytes, totalFiles: plan.upload.length }, onProgress);
  const big = plan.upload.filter(isBig);
  const small = plan.upload.filter((file) => !isBig(file));
  try {
    for (const file of big) await sendBig(deps, runner, plan, file, meter, signal);
    if (plan.upload.length + plan.arrived.length + plan.links.length + plan.newFolders.length > 0) {
      await sendRest(deps, runner, plan, small, meter, signal);
    }
  } catch (error) {
    if (!isResumable(error)) await discard(runner, plan.stage).catch(() => {});
    throw error;
  }
  await deleteThere(deps, runner, plan, signal);
  meter.finish();
  const { doneBytes, doneFiles } = meter.done();
  return { bytes: doneBytes, files: doneFiles, deleted: plan.delete.length, warnings: plan.warnings };
}

/** Removes what an upload has gathered on the host. */
export async function discard(runner: Runner, stage: string): Promise<void> {
  // Not the transfer's own signal, which may be why this is called.
  await runner.run(shortScript("removing an unfinished upload", discardScript, [stage]), new AbortController().signal);
}

const isBig = ({ size }: FileEntry): boolean => size >= bigFileBytes;

function isResumable(error: unknown): boolean {
  const reasons = [
    "connectionLost",
    "silent",
    "deadline",
    "transferStalled",
    "transferInterrupted",
    "noSession",
  ] as const;
  return reasons.some((reason) => isFailure(error, reason)) || isFailure(error, "changedMeanwhile");
}

async function sendBig(
  deps: TransferDeps,
  runner: Runner,
  plan: UploadPlan,
  file: FileToSend,
  meter: Meter,
  signal: AbortSignal,
): Promise<void> {
  const { path, part, offset, size, mtime, mode } = file;
  const script = {
    what: "sending a file",
    body: appendScript,
    stage: true,
    parameters: [plan.stage, part, String(offset), String(size), touchTime(mtime), mode.toString(8), path],
    path,
  };
  await runScript(deps, runner, script, signal, (io) => {
    io.drain();
    return sendFile(io, plan.pathOf(file), file, offset, meter);
  });
  meter.file(path);
}

async function sendFile(io: Pick<ScriptIo, "send">, from: string, file: FileEntry, offset: number, meter: Meter) {
  let sent = offset;
  try {
    if (offset < file.size) {
      for await (const chunk of readPieces(from, offset, file.size)) {
        await io.send(chunk);
        sent += chunk.length;
        meter.bytes(chunk.length);
      }
    }
  } catch (error) {
    throw unreadable(from, error);
  }
  if (sent !== file.size) throw new Failure({ reason: "changedMeanwhile", path: file.path });
}

/** The small files as one archive; at its end the host brings everything to its place. */
async function sendRest(
  deps: TransferDeps,
  runner: Runner,
  plan: UploadPlan,
  files: readonly FileEntry[],
  meter: Meter,
  signal: AbortSignal,
): Promise<void> {
  const script = {
    what: "sending files",
    body: unpackScript,
    stage: true,
    parameters: [plan.stage, plan.root],
    path: plan.root,
  };
  await runScript(deps, runner, script, signal, async (io) => {
    io.drain();
    const archive = inLargePieces(io);
    for (const entry of [...plan.newFolders, ...plan.links]) {
      await archive.send(tarHeader({ ...entry, path: `tree/${entry.path}` }));
    }
    for await (const { file, data } of ahead(files, readAhead, (file) => readSmall(plan, file))) {
      const size = data?.length ?? file.size;
      await archive.send(tarHeader({ ...file, size, path: `tree/${file.path}` }));
      if (data) {
        await archive.send(data);
        meter.bytes(size);
      } else await sendFile(archive, plan.pathOf(file), file, 0, meter);
      await archive.send(tarPadding(size));
      meter.file(file.path);
    }
    const last = { kind: "file", path: "complete", size: 0, mtime: 0, mode: 0o600 } as const;
    await archive.send(tarHeader(last));
    await archive.send(tarEnd);
    await archive.flush();
  });
}

async function readSmall(plan: UploadPlan, file: FileEntry): Promise<{ file: FileEntry; data?: Buffer }> {
  if (file.size > smallFileBytes) return { file };
  try {
    return { file, data: await readWhole(plan.pathOf(file), file.size) };
  } catch (error) {
    throw unreadable(plan.pathOf(file), error);
  }
}

/** Headers and small files become few large packets. */
function inLargePieces(io: Pick<ScriptIo, "send">): Pick<ScriptIo, "send"> & { flush(): Promise<void> } {
  let pieces: Uint8Array[] = [];
  let size = 0;
  const flush = async () => {
    const all = Buffer.concat(pieces, size);
    pieces = [];
    size = 0;
    await io.send(all);
  };
  return {
    async send(bytes) {
      size += bytes.length;
      const enough = size >= sendBytes;
      pieces.push(enough ? bytes : Buffer.from(bytes));
      if (enough) await flush();
    },
    flush,
  };
}

async function deleteThere(deps: TransferDeps, runner: Runner, plan: UploadPlan, signal: AbortSignal): Promise<void> {
  const { root, delete: files, deleteFolders } = plan;
  if (files.length + deleteFolders.length === 0) return;
  const script = { what: "deleting files", body: deleteScript, parameters: [root], path: root };
  await runScript(deps, runner, script, signal, async (io) => {
    io.drain();
    const lines = (paths: readonly string[]) => paths.map((path) => `./${path}\n`).join("");
    await io.send(Buffer.from(`${lines(files)}\n${lines(deleteFolders)}`));
  });
}

/** Errors of this machine's file system become a reason; what broke while sending stays what it is. */
function unreadable(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return error;
  return new Failure({ reason: "localUnreadable", path, detail: code }, error);
}

/** `YYYYMMDDhhmm.ss` in UTC. */
function touchTime(seconds: number): string {
  const digits = new Date(seconds * 1000).toISOString().replace(/\D/g, "");
  return `${digits.slice(0, 12)}.${digits.slice(12, 14)}`;
}
