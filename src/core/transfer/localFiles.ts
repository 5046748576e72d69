import { createWriteStream } from "node:fs";
import { lstat, mkdir, open, rename, rm, stat, symlink, utimes } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Failure } from "../failure";
import { shortHash } from "./survey";
import { blockBytes, type FileEntry, type TransferWarningReason } from "./transfer";
import { writeBehind } from "./writeBehind";

/** Bytes that wait for the disk at most; below this, receiving goes on while the disk works. */
const writeBehindBytes = 4 * blockBytes;

type Bytes = AsyncIterable<Uint8Array>;

/** Puts files into one local folder: each under a hidden name first, then renamed. Links in that folder are not followed. */
export interface LocalFiles {
  /** Makes the folder that a path stands in; the reason when it cannot be. */
  prepare(path: string): Promise<TransferWarningReason | undefined>;
  makeFolder(path: string): Promise<TransferWarningReason | undefined>;
  /** Writes a file that is in memory. */
  write(file: FileEntry, data: Uint8Array): Promise<void>;
  /** Writes what a stream brings. */
  writeStream(file: FileEntry, source: Bytes): Promise<void>;
  /** Bytes of a big file that have arrived before, in whole blocks. */
  arrived(file: FileEntry): Promise<number>;
  /** Appends to these what `take` takes of a stream, and puts the file in place once it is complete. */
  resume(file: FileEntry, offset: number, source: Readable, take: (chunk: Buffer) => Buffer): Promise<void>;
  makeLink(path: string, target: string): Promise<TransferWarningReason | undefined>;
}

/** @param folder what paths are relative to; made when it is needed */
export function localFiles(folder: string, pathOf: (path: string) => string): LocalFiles {
  const folders = new Map<string, Promise<TransferWarningReason | undefined>>();

  function makeFolder(path: string): Promise<TransferWarningReason | undefined> {
    const known = folders.get(path);
    if (known) return known;
    const made = path === "" ? makeRoot() : makeBelow(path);
    folders.set(path, made);
    return made;
  }

  async function makeRoot(): Promise<undefined> {
    await mkdir(folder, { recursive: true }).catch((error: unknown) => {
      throw unwritable(folder, error);
    });
  }

  async function makeBelow(path: string): Promise<TransferWarningReason | undefined> {
    const refusal = await makeFolder(parentOf(path));
    if (refusal) return refusal;
    const found = await lstat(pathOf(path)).catch(() => undefined);
    if (found?.isSymbolicLink()) return "throughLink";
    if (found) return found.isDirectory() ? undefined : "inTheWay";
    await mkdir(pathOf(path)).catch((error: unknown) => {
      throw unwritable(pathOf(path), error);
    });
    return undefined;
  }

  const partOf = ({ path, size, mtime }: FileEntry) =>
    join(dirname(pathOf(path)), `.tensorline-${shortHash(path, size, mtime)}`);

  /** Leaves nothing behind when it fails. */
  async function wholly(file: FileEntry, fill: (part: string) => Promise<void>): Promise<void> {
    const part = partOf(file);
    try {
      await fill(part);
      await rename(part, pathOf(file.path));
    } catch (error) {
      await rm(part, { force: true }).catch(() => {});
      throw unwritable(pathOf(file.path), error);
    }
  }

  return {
    makeFolder,
    prepare: (path) => makeFolder(parentOf(path)),
    write: (file, data) =>
      wholly(file, (part) =>
        writeWhole(part, data, file).catch(async (error: NodeJS.ErrnoException) => {
          if (error.code !== "EEXIST") throw error;
          await rm(part, { force: true });
          await writeWhole(part, data, file);
        }),
      ),
    writeStream: (file, source) =>
      wholly(file, async (part) => {
        const options = { flags: "wx", mode: file.mode, highWaterMark: writeBehindBytes };
        await rm(part, { force: true });
        await pipeline(source, createWriteStream(part, options));
        await utimes(part, file.mtime, file.mtime);
      }),
    async arrived(file) {
      const found = await lstat(partOf(file)).catch(() => undefined);
      if (!found?.isFile() || found.size > file.size) return 0;
      return found.size - (found.size % blockBytes);
    },
    async resume(file, offset, source, take) {
      const part = partOf(file);
      try {
        const handle = await open(part, offset === 0 ? "w" : "r+", file.mode);
        try {
          await handle.truncate(offset);
          await writeBehind(source, handle, offset, take);
        } finally {
          await handle.close();
        }
        if ((await stat(part)).size !== file.size)
          throw new Failure({ reason: "transferInterrupted", path: file.path });
        await utimes(part, file.mtime, file.mtime);
        await rename(part, pathOf(file.path));
      } catch (error) {
        throw unwritable(pathOf(file.path), error);
      }
    },
    async makeLink(path, target) {
      const here = pathOf(path);
      const part = join(dirname(here), `.tensorline-${shortHash(path, target)}`);
      const found = await lstat(here).catch(() => undefined);
      if (found?.isDirectory()) return "inTheWay";
      await rm(part, { force: true });
      await symlink(target, part);
      await rename(part, here);
      return undefined;
    },
  };
}

/** Reads a small file; what has grown since its size was taken is cut. */
export async function readWhole(path: string, size: number): Promise<Buffer> {
  const handle = await open(path);
  try {
    const data = Buffer.allocUnsafe(size);
    let filled = 0;
    while (filled < size) {
      const { bytesRead } = await handle.read(data, filled, size - filled);
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return data.subarray(0, filled);
  } finally {
    await handle.close();
  }
}

/**
 * A file's bytes from `start` to before `end`, the next piece being read while one is used. Two buffers serve them all:
 * a piece is good only until the next one is asked for.
 */
export async function* readPieces(path: string, start: number, end: number): AsyncGenerator<Buffer> {
  const handle = await open(path);
  const newBuffer = () => Buffer.allocUnsafeSlow(Math.min(blockBytes, end - start));
  const buffers = [newBuffer(), newBuffer()] as const;
  const read = (buffer: Buffer, position: number) =>
    handle.read(buffer, 0, Math.min(buffer.length, end - position), position);
  let reading = read(buffers[0], start);
  try {
    for (let position = start; position < end; ) {
      const { bytesRead, buffer } = await reading;
      if (bytesRead === 0) return;
      position += bytesRead;
      if (position < end) reading = read(buffer === buffers[0] ? buffers[1] : buffers[0], position);
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await reading.catch(() => {});
    await handle.close();
  }
}

async function writeWhole(path: string, data: Uint8Array, { mode, mtime }: FileEntry): Promise<void> {
  const handle = await open(path, "wx", mode);
  try {
    for (let written = 0; written < data.length; ) {
      written += (await handle.write(data, written, data.length - written)).bytesWritten;
    }
    await handle.utimes(mtime, mtime);
  } finally {
    await handle.close();
  }
}

/** Removes the unfinished parts of these files. */
export async function removeParts(files: readonly FileEntry[], pathOf: (path: string) => string): Promise<void> {
  for (const { path, size, mtime } of files) {
    await rm(join(dirname(pathOf(path)), `.tensorline-${shortHash(path, size, mtime)}`), { force: true });
  }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** Errors of this machine's file system become a reason; what broke in the source stays what it is. */
function unwritable(path: string, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall === undefined || code === undefined) return error;
  return new Failure({ reason: "localUnwritable", path, detail: code }, error);
}
