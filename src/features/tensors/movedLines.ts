/** A line of a file that is edited, counted from 0. */
export interface MovedLine {
  readonly line: number;
}

/** One replacement of text, in lines of the file before it. */
export interface LineChange {
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  /** How many line ends the new text has. */
  readonly added: number;
  /** Whether the new text ends with a line end. */
  readonly isWhole: boolean;
}

/** Where lines are after a change; those whose text was changed or removed are left out. */
export function moved<T extends MovedLine>(lines: readonly T[], change: LineChange): T[] {
  const { startLine, startColumn, endLine, added, isWhole } = change;
  const delta = added - (endLine - startLine);
  return lines.flatMap((one) => {
    if (one.line < startLine) return one;
    // Lines put before it, with their ends, leave a line as it was.
    if (one.line === startLine && startLine === endLine && startColumn === 0 && isWhole)
      return { ...one, line: one.line + delta };
    return one.line > endLine ? { ...one, line: one.line + delta } : [];
  });
}
