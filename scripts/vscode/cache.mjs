// Things that are fetched once per user and machine, kept outside the repository.
import { link, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

/** The folder for what Tensorline's own commands download: under the platform's cache folder of the user. */
export function cacheFolder(env = process.env) {
  if (process.platform === "win32") return join(env.LOCALAPPDATA ?? join(homedir(), "AppData", "Local"), "tensorline");
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "tensorline");
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "tensorline");
}

/**
 * Gives `folder`, made by `build` when it does not exist. The build works in a folder beside it that takes the name only when it is
 * whole, so an interrupted build leaves nothing that looks finished.
 * @param {string} folder
 * @param {(temporary: string) => Promise<void>} build
 * @param {(line: string) => void} log
 */
export async function buildOnce(folder, build, log) {
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const release = await lock(`${folder}.lock`, () => log(`Waiting for another process that is installing ${folder} …`));
  const temporary = `${folder}.${process.pid}.tmp`;
  try {
    if (await exists(folder)) return folder;
    await removeAbandoned(folder);
    await mkdir(temporary);
    await build(temporary);
    await rename(temporary, folder);
    return folder;
  } finally {
    await rm(temporary, { recursive: true, force: true });
    await release();
  }
}

const exists = (path) =>
  stat(path).then(
    () => true,
    () => false,
  );

/** What builds that were killed have left, hundreds of megabytes. */
async function removeAbandoned(folder) {
  const prefix = `${basename(folder)}.`;
  for (const name of await readdir(dirname(folder))) {
    const pid = name.startsWith(prefix) && /^(\d+)\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (pid && !isAlive(Number(pid))) await rm(join(dirname(folder), name), { recursive: true, force: true });
  }
}

/**
 * One process at a time. A lock whose owner is dead is taken over; the worst of a race there is that two processes build the same thing.
 * @param {string} file
 * @param {() => void} onWait called once when somebody else holds it
 * @returns {Promise<() => Promise<void>>} the release
 */
async function lock(file, onWait) {
  const mine = `${file}.${process.pid}`;
  await writeFile(mine, String(process.pid));
  try {
    for (let told = false; ; await delay(500)) {
      if (await taken(mine, file)) return () => rm(file, { force: true });
      if (await ownerIsDead(file)) await rm(file, { force: true });
      else if (!told) {
        told = true;
        onWait();
      }
    }
  } finally {
    await rm(mine, { force: true });
  }
}

/** A hard link appears with its content, unlike a file that is created and then written. */
async function taken(mine, file) {
  try {
    await link(mine, file);
    return true;
  } catch (cause) {
    if (cause.code === "EEXIST") return false;
    throw cause;
  }
}

async function ownerIsDead(file) {
  const pid = Number(await readFile(file, "utf8").catch(() => ""));
  return pid > 0 && !isAlive(pid);
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return cause.code !== "ESRCH";
  }
}
