import { posix } from "node:path";
import { Failure } from "../../../failure";
import type { CreateWish } from "../../manager";

/** Where named environments of venv, virtualenv and uv go unless the wish says otherwise: virtualenvwrapper's own place. */
const defaultPlace = "~/.virtualenvs";

/**
 * The folder of an environment that is wished for: absolute, or in the home folder (`~/…`), which the host itself resolves.
 * @throws Failure `environmentNameUnusable`
 */
export function prefixOf(wish: Pick<CreateWish, "name" | "prefix" | "place">): string {
  const { name, prefix, place = defaultPlace } = wish;
  const unusable = (why: string) => new Failure({ reason: "environmentNameUnusable", name: name ?? prefix ?? "", why });
  if (prefix === undefined) {
    if (name === undefined || name.trim() === "") throw unusable("it has no name");
    if (name === "." || name === "..") throw unusable("that means a folder that is there already");
    if (name.includes("/")) throw unusable("a name holds no slash");
    if (Buffer.byteLength(name) > 200) throw unusable("it is longer than 200 bytes");
  }
  const path = prefix ?? `${place}/${name}`;
  if (!/^(~?\/)./.test(path)) throw unusable("its folder is no absolute path");
  if (/[\0-\x1f\x7f]/.test(path)) throw unusable("it holds a control character");
  // Found in the activation scripts of older Pythons as they are, where they would run as commands.
  const special = /["$`\\]/.exec(path);
  if (special) throw unusable(`its programs cannot run from a path with ${special[0]}`);
  if (path.includes(":")) throw unusable("a folder with a colon cannot be in PATH");
  return posix.normalize(path).replace(/\/$/, "");
}

/** What an environment in this folder is called. */
export const nameOf = (prefix: string): string => {
  const name = posix.basename(prefix);
  return /^\.?v?env$/.test(name) ? posix.basename(posix.dirname(prefix)) : name;
};
