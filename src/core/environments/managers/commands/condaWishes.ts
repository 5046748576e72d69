import { posix } from "node:path";
import { Failure } from "../../../failure";
import type { CreateWish } from "../../manager";

const longestName = 100;

/** Where a new environment is to be: checked, so that the tool is never asked for what it would refuse or misread. */
export function targetOf({ name, prefix }: Pick<CreateWish, "name" | "prefix">): { by: "name" | "prefix"; at: string } {
  if (prefix !== undefined) return { by: "prefix", at: checkedPrefix(prefix) };
  const wanted = name ?? "";
  const why = nameFault(wanted);
  if (why !== undefined) throw new Failure({ reason: "environmentNameUnusable", name: wanted, why });
  return { by: "name", at: wanted };
}

/** A path or address that is passed on as a word of its own; absent stays absent. */
export function checkedWord(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (word === "" || word.startsWith("-") || hasControls(word))
    throw new Failure({ reason: "hostPathUnusable", path: word });
  return word;
}

/** Why conda and its relatives could not use the name, as the end of a sentence. */
export function nameFault(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (name === "base" || name === "root") return "that is the manager’s own environment";
  if (name.startsWith("-")) return "a leading dash would be read as an option";
  if (name.startsWith(".")) return "a leading dot hides it";
  if (hasControls(name)) return "it holds control characters";
  const odd = /[^\p{L}\p{N}\p{M}._+-]/u.exec(name)?.[0];
  if (odd !== undefined) return odd === " " ? "it holds a space" : `it holds “${odd}”`;
  if (new TextEncoder().encode(name).length > longestName) return `it is longer than ${longestName} bytes`;
  return undefined;
}

function checkedPrefix(prefix: string): string {
  const path = posix.normalize(prefix).replace(/\/+$/, "");
  const why = prefixFault(prefix, path);
  if (why !== undefined) throw new Failure({ reason: "environmentNameUnusable", name: prefix, why });
  return path;
}

function prefixFault(prefix: string, path: string): string | undefined {
  if (hasControls(prefix)) return "it holds control characters";
  if (!/^~?\/./.test(path)) return "the folder has to be an absolute path";
  // conda refuses it: it would end a folder in PATH.
  if (path.includes(":")) return "it holds “:”";
  return undefined;
}

const hasControls = (text: string): boolean => /[\u0000-\u001f\u007f]/.test(text);
