import type { FailureException, FailureFrame } from "../../shared/tensors";

const start = /(?:^|\s)(?:Original )?Traceback \(most recent call last\)(?::|\s*─*$|\W*$)/;
const frameLine =
  /^\s*(?:\* )?File "(?<file>[^"\n]{1,1000})", line (?<line>\d{1,8})(?:, in (?<function>.{1,200}?))?\s*\*?$/;
const shortFrame =
  /^\s*(?<file>(?:[A-Za-z]:)?[^\s:"']{0,500}\.pyx?):(?<line>\d{1,8})(?:(?: in |:\d+ \()(?<function>[\w<>.]{1,200})\)?)?\s*$/;
const pytestEnd = /^(?<file>[^\s:"']{1,500}\.py):(?<line>\d{1,8}): (?<type>[A-Za-z_][\w.]*)$/;
const warningLine =
  /^(?<file>(?:[A-Za-z]:)?[^:\n]{1,500}):(?<line>\d{1,8}): (?<type>[A-Za-z]\w*Warning): (?<message>.*)$/;
const classLine =
  /^\s{0,12}(?<type>(?:[a-z_]\w{0,60}\.){0,8}[A-Z_]\w{0,80}(?:Error|Exception|Warning|Interrupt|Exit|Failure)(?:\d|_)?)(?:: ?(?<message>.*))?$/;
/** What ends a message of several lines. */
const end =
  /^(?:\s*-{10,}\s*$|During handling of the above|The above exception was|The stack trace below excludes|For simplicity, JAX|\S*[$#%❯➜] |=+ .* =+$|Root Cause|terminate called|\[W|\[E)/;
const libraries =
  /(?:^|[/\\])(?:site-packages|dist-packages|lib(?:64)?[/\\]python3[^/\\]*|torch[/\\]nn|keras[/\\]src)[/\\]|^<frozen |^<__array_function__|^<@beartype|^<(?:site|dist)-packages>/;
const underline = /^\s*[~^]{1,400}\s*$/;

/** Whether a file is code of the user, and not of an installed package or of Python itself. */
export const isUserFile = (file: string): boolean => !libraries.test(file);

/** The exceptions and warnings that a cleaned text shows, in its order; those inside messages (`in user code:`) come after the outer ones. */
export function readTracebacks(lines: readonly string[]): readonly FailureException[] {
  const found: FailureException[] = [];
  let frames: FailureFrame[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? "";
    if (start.test(line)) {
      frames = [];
      continue;
    }
    const frame = readFrame(lines, at);
    if (frame) {
      frames.push(frame);
      continue;
    }
    const head = classLine.exec(line)?.groups ?? warningLine.exec(line)?.groups;
    if (!head?.type) continue;
    const message = [head.message ?? "", ...restOfMessage(lines, at + 1)];
    const place = placeAfter(lines, at + message.length) ?? warningPlace(head, lines[at + 1]);
    found.push({
      type: head.type,
      message: message.join("\n").trim(),
      frames: [...frames, ...(place ? [place] : []), ...framesOf(message)],
    });
    // A message may itself hold a traceback, whose end is read as an exception of its own.
    frames = [];
  }
  return found;
}

/** The lines after the first one; one that begins an exception or a traceback of its own ends them. */
function restOfMessage(lines: readonly string[], from: number): string[] {
  const rest: string[] = [];
  for (let at = from; at < Math.min(lines.length, from + 500); at++) {
    const line = lines[at] ?? "";
    if (start.test(line) || end.test(line) || classLine.test(line) || warningLine.test(line) || pytestEnd.test(line))
      break;
    rest.push(line);
  }
  return rest;
}

function readFrame(lines: readonly string[], at: number): FailureFrame | undefined {
  const line = lines[at] ?? "";
  // rich breaks a long path in two.
  const joined = /^\s*(?:\/|[A-Z]:\\)\S+$/.test(line) ? `${line.trim()}${(lines[at + 1] ?? "").trim()}` : line;
  const match = frameLine.exec(line) ?? shortFrame.exec(line) ?? shortFrame.exec(joined);
  const { file, line: number, function: name } = match?.groups ?? {};
  if (file === undefined || number === undefined) return undefined;
  const { source, mark } = sourceAfter(lines, at + 1, Number(number));
  const expression = source === undefined || mark === undefined ? undefined : underlined(source, mark);
  return {
    ...frameAt(file, number, source),
    function: name?.trim() ?? "",
    ...(expression === undefined ? {} : { expression }),
  };
}

/** The line of code after a frame's head: the next line, or the one that rich points at. */
function sourceAfter(lines: readonly string[], at: number, number: number): { source?: string; mark?: string } {
  const pointed = new RegExp(`^\\s*[❱>]\\s*${number}[\\s│|]*(?<source>.*)$`);
  for (let next = at; next < Math.min(lines.length, at + 16); next++) {
    const source = pointed.exec(lines[next] ?? "")?.groups?.source;
    if (source !== undefined) return { source: source.trim() };
    if (start.test(lines[next] ?? "")) break;
  }
  const source = lines[at] ?? "";
  if (source.trim() === "" || frameLine.test(source) || classLine.test(source) || /^\s*\d+ │?/.test(source)) return {};
  const mark = lines[at + 1] ?? "";
  return underline.test(mark) ? { source, mark } : { source };
}

/** Both lines have the same indentation, so the marks point at characters. */
function underlined(source: string, mark: string): string | undefined {
  const from = mark.search(/[~^]/);
  const text = source.slice(from, mark.trimEnd().length).trim();
  return text === "" ? undefined : text;
}

/** The frames in a message: `in user code:`, `Detected at node … defined at`, `[[node x (defined at a.py:3)]]`. */
function framesOf(message: readonly string[]): FailureFrame[] {
  const frames = message.flatMap((_, at) => readFrame(message, at) ?? []);
  const nodes = message.join("\n").matchAll(/\(?defined at (?<file>[^\s:()]{1,500}\.py):(?<line>\d{1,8})\)?/g);
  return [...frames, ...[...nodes].map(({ groups }) => frameAt(groups?.file ?? "", groups?.line ?? ""))];
}

function frameAt(file: string, line: string, source = ""): FailureFrame {
  const shown = source.trim() === "" ? {} : { source: source.trim() };
  return { file, line: Number(line), function: "", isUser: isUserFile(file), ...shown, operands: [], values: [] };
}

/** pytest tells the place after the message: `model.py:41: RuntimeError`. */
function placeAfter(lines: readonly string[], at: number): FailureFrame | undefined {
  const place = lines.slice(at, at + 3).find((line) => pytestEnd.test(line));
  const { file, line } = pytestEnd.exec(place ?? "")?.groups ?? {};
  if (file === undefined || line === undefined) return undefined;
  const source = lines.slice(Math.max(0, at - 40), at).findLast((before) => /^> {2,}\S/.test(before));
  return frameAt(file, line, source?.slice(1));
}

/** A warning tells its place before the message, and shows the line after it. */
function warningPlace(head: Record<string, string | undefined>, next?: string): FailureFrame | undefined {
  return head.file === undefined || head.line === undefined ? undefined : frameAt(head.file, head.line, next);
}
