import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { hookFiles } from "../../src/core/tensors/hookFiles";

/** Puts the hook's files into a folder, as they lie on a host, with a folder for a run. */
export async function placeHook(folder: string): Promise<{ readonly hook: string; readonly run: string }> {
  const place = { hook: join(folder, "hook"), run: join(folder, "run") };
  for (const [name, text] of Object.entries(hookFiles)) {
    await mkdir(dirname(join(place.hook, name)), { recursive: true });
    await writeFile(join(place.hook, name), text);
  }
  await mkdir(place.run);
  return place;
}
