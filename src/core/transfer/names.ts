import type { ClientFacts } from "../ports";
import { isOwnName, type TransferWarningReason } from "./transfer";

const reservedOnWindows = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$/i;

/** Why a path that a host names cannot become a file of this client below a folder; undefined when it can. */
export function refusalOf(path: string, os: ClientFacts["os"]): TransferWarningReason | undefined {
  for (const part of path.split("/")) {
    if (part === "" || part === "." || part === ".." || part.includes("\0")) return "leavesFolder";
    if (isOwnName(part)) return "nameUnusableHere";
    if (part.includes("\ufffd")) return "nameNotText";
    if (os !== "win32") continue;
    // Drive letters, streams, UNC paths and what Windows trims or takes for a device.
    if (/[<>:"|?*\\\u0000-\u001f]/.test(part) || /[. ]$/.test(part) || reservedOnWindows.test(part)) {
      return "nameUnusableHere";
    }
  }
  return undefined;
}

/** One word for all names that the client's file system takes for the same. */
export function sameNameKey(path: string, os: ClientFacts["os"]): string {
  return os === "linux" ? path : path.normalize("NFC").toLowerCase();
}

/** Whether a link at `path` that points to `target` stays inside the tree it stands in. */
export function linkStaysInside(path: string, target: string): boolean {
  if (target === "" || target.startsWith("/") || target.includes("\0") || /[\n\\]|^[A-Za-z]:/.test(target))
    return false;
  const folder = path.split("/").slice(0, -1);
  for (const part of target.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") folder.push(part);
    else if (folder.pop() === undefined) return false;
  }
  return true;
}
