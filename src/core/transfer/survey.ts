import { createHash } from "node:crypto";
import { hostname } from "node:os";
import { Failure } from "../failure";
import type { Runner } from "../remote";
import { runScript } from "./hostScript";
import script from "./scripts/survey.sh";
import type { TransferDeps, TransferWarning, TreeEntry } from "./transfer";

/** What is on the host. */
export interface Survey {
  /** The absolute path, without `~`. */
  readonly root: string;
  readonly kind: "folder" | "file" | "other" | "none";
  readonly entries: readonly TreeEntry[];
  /** Where what is sent is gathered; empty where nothing is to be sent. */
  readonly stage: string;
  /** What an upload before this one has completed. */
  readonly staged: readonly TreeEntry[];
  /** Bytes of big files that it has begun, by the name of the part. */
  readonly parts: ReadonlyMap<string, number>;
  readonly warnings: readonly TransferWarning[];
}

export interface SurveyRequest {
  readonly root: string;
  /** Only this name in the root. */
  readonly only?: string;
  /** Prepare a stage for what comes from this local path. */
  readonly from?: string;
  /** Leaves the stage, and who writes to it, alone. */
  readonly look?: boolean;
  /** Only what is right in these folders, `""` for the root itself, or all that is below them. Absent: all of the root. */
  readonly folders?: { readonly extent: "names" | "below"; readonly paths: readonly string[] };
}

/**
 * Looks at a path on the host, and at what an earlier upload of the same source has left there.
 * @throws Failure of `runScript`, `hostLacksTool`, `hostPermissionDenied`
 */
export async function survey(
  deps: TransferDeps,
  runner: Runner,
  { root, only = "", from, look = false, folders }: SurveyRequest,
  signal: AbortSignal,
): Promise<Survey> {
  const key = from === undefined ? "" : shortHash(hostname(), from, root, only);
  const reader = createReader();
  await runScript(
    deps,
    runner,
    {
      what: "looking at the files on the host",
      body: script,
      stage: true,
      parameters: [root, only, key, look ? "look" : "", folders?.extent ?? "all"],
      path: root,
    },
    signal,
    async ({ send, endInput, output, alive }) => {
      const lines = folders?.paths.map((path) => (path === "" ? ".\n" : `./${path}\n`)).join("");
      const asking = lines ? send(Buffer.from(lines)).then(endInput) : endInput();
      for await (const chunk of output) {
        alive();
        reader.push(chunk);
      }
      await asking;
    },
  );
  return reader.finish(root);
}

/** A name of 16 characters for a list of words. */
export function shortHash(...words: readonly (string | number)[]): string {
  return createHash("sha256").update(words.join("\0")).digest("hex").slice(0, 16);
}

function createReader() {
  const facts = new Map<string, string>();
  const lists: Record<string, TreeEntry[]> = { tree: [], staged: [], parts: [] };
  const warnings: TransferWarning[] = [];
  let current: TreeEntry[] = [];
  let pending: Buffer = Buffer.alloc(0);
  let complete = false;

  const line = (text: string) => {
    const [word, rest] = cut(text);
    if (word === "fact") facts.set(...cut(rest));
    else if (word === "list") current = lists[rest] ?? [];
    else if (word === "newline") warnings.push({ path: rest.replace(/^\.\//, ""), reason: "lineBreakInName" });
    else if (word === "end") complete = true;
    else {
      const entry = parseEntry(text);
      if (!entry) return;
      if ("reason" in entry) warnings.push(entry);
      else current.push(entry);
    }
  };

  return {
    push(chunk: Buffer) {
      const all = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
      const end = all.lastIndexOf(0x0a) + 1;
      pending = all.subarray(end);
      for (const text of all.toString("utf8", 0, end).split("\n")) if (text !== "") line(text);
    },
    finish(path: string): Survey {
      const kind = facts.get("kind");
      const root = facts.get("root");
      if (
        !complete ||
        !root?.startsWith("/") ||
        !(kind === "folder" || kind === "file" || kind === "other" || kind === "none")
      ) {
        throw new Failure({ reason: "unreadable", what: "list of files", detail: "it is cut off" });
      }
      const tool = facts.get("lacks");
      if (tool !== undefined) throw new Failure({ reason: "hostLacksTool", tool });
      if (facts.has("closed")) throw new Failure({ reason: "hostPermissionDenied", path });
      const { tree = [], staged = [], parts = [] } = lists;
      return {
        root,
        kind,
        entries: tree,
        stage: facts.get("stage") ?? "",
        staged,
        parts: new Map(parts.flatMap((part) => (part.kind === "file" ? [[part.path, part.size]] : []))),
        warnings,
      };
    },
  };
}

function cut(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

const typeMask = 0o170000;

/** `MODE SIZE SECONDS ./PATH`, as `stat -c '%f %s %Y %n'` writes it below a folder. */
function parseEntry(text: string): TreeEntry | TransferWarning | undefined {
  const [, hex = "", size, mtime, path] =
    /^([0-9a-f]{1,8}) (\d{1,16}) (-?\d{1,12})(?:\.\d+)? \.\/(.+)$/.exec(text) ?? [];
  if (path === undefined) return undefined;
  const raw = Number.parseInt(hex, 16);
  const mode = raw & 0o777;
  switch (raw & typeMask) {
    case 0o100000:
      return { kind: "file", path, size: Number(size), mtime: Number(mtime), mode };
    case 0o040000:
      return { kind: "folder", path, mode };
    case 0o120000:
      return { kind: "link", path };
    default:
      return { path, reason: "specialFile" };
  }
}
