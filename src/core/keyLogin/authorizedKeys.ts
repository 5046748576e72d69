import { boundedText } from "../boundedText";
import { Failure } from "../failure";
import type { RemoteCommand } from "../remote";
import script from "./authorizedKeys.sh";

/** What is done with a key on the host; `modes` only looks for what sshd would not trust. */
export type KeyAction = "look" | "install" | "remove" | "modes";

export interface KeyAnswer {
  readonly outcome: "present" | "absent" | "installed" | "removed" | "loose" | "fine";
  /** The file of keys, or for `loose` what others may write to. */
  readonly path: string;
  /** For `loose`: `drwxrwxr-x`. */
  readonly detail: string;
}

const outcomes: readonly string[] = ["present", "absent", "installed", "removed", "loose", "fine"];
const deadlineMs = 20_000;

/**
 * Works on the user's own `authorized_keys` (the default of `AuthorizedKeysFile`) as ssh-copy-id does: folder and file are
 * made when missing, one line is added when its key is not there, and no other line is touched.
 * @param line the public key, `type base64 comment`
 * @throws Failure `keyNotInstalled` in `parse`
 */
export function authorizedKeys(host: string, action: KeyAction, line: string): RemoteCommand<KeyAnswer> {
  if (!isPublicKeyLine(line)) throw new RangeError("not a public key on one line");
  const what = action === "install" || action === "remove" ? "changing the log-in keys" : "looking at the log-in keys";
  return {
    what,
    argv: ["sh", "-c", script, "sh", action],
    stdin: `${line}\n`,
    deadlineMs,
    parse({ stdout, stderr, exitCode }) {
      const [outcome = "", path = "", detail = ""] = stdout.split("\n").map((line) => boundedText(line));
      if (outcome === "failed") throw new Failure({ reason: "keyNotInstalled", host, path, detail });
      if (!outcomes.includes(outcome)) {
        throw new Failure({ reason: "commandFailed", what, exitCode, detail: boundedText(stderr) });
      }
      return { outcome: outcome as KeyAnswer["outcome"], path, detail };
    },
  };
}

/** Whether this is one line of `authorized_keys` without options. */
function isPublicKeyLine(line: string): boolean {
  return /^(ssh|ecdsa)-[a-z0-9-]+ [A-Za-z0-9+/]+={0,2}( [^\p{Cc}]*)?$/u.test(line);
}
