/** What an integrated shell tells by an escape sequence: OSC 633 of VS Code, or OSC 133. */
export type ShellMark =
  | { readonly kind: "promptBegins" }
  | { readonly kind: "promptEnds" }
  | { readonly kind: "commandBegins" }
  /** Status absent: the shell does not tell it. */
  | { readonly kind: "commandEnds"; readonly status?: number }
  | { readonly kind: "folder"; readonly path: string }
  /** What the person typed, as the shell took it; a line or several. */
  | { readonly kind: "commandLine"; readonly text: string };

/** A piece of output up to the end of its mark; `rest` has not been looked at. */
export interface MarkedText {
  readonly text: string;
  readonly mark?: ShellMark;
  readonly rest: string;
}

export interface MarkSeeker {
  /** Nothing is held back: `text` and `rest` together are what came in. */
  next(output: string): MarkedText;
}

/** Characters of a sequence after which it is none of ours. */
const LONGEST = 2048;

/** What ends a sequence, or shows that it is broken: BEL, CAN, SUB, ESC. */
const ends = /[\u0007\u0018\u001a\u001b]/g;

/** Finds marks in output, split anywhere; anything else of any kind and length passes. */
export function createMarkSeeker(): MarkSeeker {
  // The sequence that the output so far ends in.
  let begun = "";

  return {
    next(output) {
      const all = begun + output;
      const before = begun.length;
      begun = "";
      for (let at = all.indexOf("\u001b"); at >= 0; at = all.indexOf("\u001b", at + 1)) {
        const next = all[at + 1];
        if (next !== undefined && next !== "]") continue;
        ends.lastIndex = at + 2;
        const end = next === undefined ? undefined : ends.exec(all);
        const isOpen = !end || (end[0] === "\u001b" && end.index + 1 === all.length);
        if (isOpen) {
          if (all.length - at > LONGEST) continue;
          begun = all.slice(at);
          break;
        }
        const isWhole = end[0] === "\u0007" || (end[0] === "\u001b" && all[end.index + 1] === "\\");
        const mark = isWhole ? readMark(all.slice(at + 2, end.index)) : undefined;
        if (!mark) {
          at = end.index - 1;
          continue;
        }
        const after = end.index + (end[0] === "\u0007" ? 1 : 2);
        return { text: all.slice(before, after), mark, rest: all.slice(after) };
      }
      return { text: output, rest: "" };
    },
  };
}

/** The body of a sequence, between `ESC ]` and its end. */
function readMark(body: string): ShellMark | undefined {
  const [, letter, more = ""] = /^(?:633|133);([A-EP])(?:;(.*))?$/.exec(body) ?? [];
  switch (letter) {
    case "A":
      return { kind: "promptBegins" };
    case "B":
      return { kind: "promptEnds" };
    case "C":
      return { kind: "commandBegins" };
    case "D": {
      const status = /^\d{1,3}(?=;|$)/.exec(more)?.[0];
      return status === undefined ? { kind: "commandEnds" } : { kind: "commandEnds", status: Number(status) };
    }
    case "E":
      return { kind: "commandLine", text: unescaped(/^[^;]*/.exec(more)?.[0] ?? "") };
    case "P": {
      const path = more.startsWith("Cwd=") ? unescaped(more.slice(4)) : "";
      return /^\/[^\u0000-\u001f\u007f]*$/.test(path) ? { kind: "folder", path } : undefined;
    }
    default:
      return undefined;
  }
}

/** As VS Code writes values of these sequences: `\\` and `\xHH`. */
const unescaped = (text: string): string =>
  text.replace(/\\(?:\\|x([0-9a-fA-F]{2}))/g, (_, code?: string) =>
    code === undefined ? "\\" : String.fromCharCode(Number.parseInt(code, 16)),
  );
