/** A place in a source file that a line of output names. `start` and `end` are positions in the line. */
export interface SourceLink {
  readonly start: number;
  readonly end: number;
  readonly path: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column?: number;
}

/** Longer lines are no traceback; looking at them would only take time. */
const longest = 4000;
const most = 20;

/** `File "/home/mara/train.py", line 41` of Python's tracebacks. */
const pythonFrame = /File "([^"\u0000-\u001f]{1,1000})", line (\d{1,7})/g;
/** `src/model.py:41:7`, as pytest, gcc and most linters write it; a version or a time of day has no file's ending. */
const pathAndLine = /(?<![\w./~-])((?:[\w.~-]*\/)*[\w.-]*\.[A-Za-z][\w+]{0,4}):(\d{1,7})(?::(\d{1,5}))?(?![\w.])/g;

/** References to source in one line of output, by position, not overlapping. What comes from a host is only named here, never opened. */
export function sourceLinks(line: string): readonly SourceLink[] {
  if (line.length > longest) return [];
  const found: SourceLink[] = [];
  const add = (start: number, text: string, path: string, lineText: string, column?: string) => {
    const end = start + text.length;
    const overlaps = found.some((link) => start < link.end && link.start < end);
    // A synthetic file such as <string> cannot be opened.
    if (overlaps || found.length === most || path.startsWith("<") || Number(lineText) === 0) return;
    found.push({
      start,
      end,
      path,
      line: Number(lineText),
      ...(column === undefined || Number(column) === 0 ? {} : { column: Number(column) }),
    });
  };
  for (const match of line.matchAll(pythonFrame)) add(match.index, match[0], match[1] ?? "", match[2] ?? "");
  for (const match of line.matchAll(pathAndLine)) add(match.index, match[0], match[1] ?? "", match[2] ?? "", match[3]);
  return found.sort((a, b) => a.start - b.start);
}
