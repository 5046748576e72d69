import { sourceLinks } from "../../shared/sourceLinks";
import type { CodePlace } from "../../shared/tensors";

/** A link in a line of a terminal; UTF-16 units. */
export interface LineLink {
  readonly start: number;
  readonly length: number;
  readonly target: LinkTarget;
}

export type LinkTarget =
  /** `isFailed`: the line of the last failure, which is relative to the folder of its program. */
  { readonly kind: "place"; readonly place: CodePlace; readonly isFailed: boolean } | { readonly kind: "explanation" };

/** The last failure that a terminal explained, and the words under its box. */
export interface KnownFailure {
  readonly location?: CodePlace;
  readonly openWords: string;
  readonly showWords: string;
}

/** The links of a line: files of tracebacks, or the words of the box's last line. */
export function lineLinks(line: string, known: KnownFailure | undefined): readonly LineLink[] {
  return known && line.startsWith("╰ ") ? boxLinks(line, known) : fileLinks(line, known?.location);
}

function fileLinks(line: string, failed: CodePlace | undefined): readonly LineLink[] {
  return sourceLinks(line).map(({ start, end, path, line: row, column }) => {
    const isFailed = failed?.line === row && (failed.file === path || failed.file.endsWith(`/${path}`));
    const told: CodePlace = { file: path, line: row, ...(column === undefined ? {} : { column: column - 1 }) };
    return { start, length: end - start, target: { kind: "place", place: isFailed ? failed : told, isFailed } };
  });
}

function boxLinks(line: string, { location, openWords, showWords }: KnownFailure): readonly LineLink[] {
  const linkOf = (words: string, target: LinkTarget): readonly LineLink[] => {
    const start = line.indexOf(words);
    return start < 0 ? [] : [{ start, length: words.length, target }];
  };
  return [
    ...(location ? linkOf(openWords, { kind: "place", place: location, isFailed: true }) : []),
    ...linkOf(showWords, { kind: "explanation" }),
  ];
}
