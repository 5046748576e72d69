/** A shape, and the positions of its sizes that do not fit those of others. */
export interface Aligned {
  readonly shape: readonly (number | null)[];
  readonly clash?: readonly number[] | undefined;
}

/** The column in which each shape begins, and how many columns all of them take. */
export interface Alignment {
  readonly columns: number;
  readonly begins: readonly number[];
}

/** Puts sizes that do not fit each other under one another; shapes without such are put to the right, as they are broadcast. */
export function align(shapes: readonly Aligned[]): Alignment {
  const anchors = shapes.map(({ clash = [], shape }) => clash.filter((at) => at < shape.length).at(-1));
  const known = anchors.filter((anchor) => anchor !== undefined);
  const longest = Math.max(0, ...shapes.map(({ shape }) => shape.length));
  if (known.length < 2) return { columns: longest, begins: shapes.map(({ shape }) => longest - shape.length) };
  const middle = Math.max(...known);
  const placed = shapes.map((_, at) => {
    const anchor = anchors[at];
    return anchor === undefined ? undefined : middle - anchor;
  });
  const columns = Math.max(longest, ...shapes.map(({ shape }, at) => (placed[at] ?? 0) + shape.length));
  return { columns, begins: shapes.map(({ shape }, at) => placed[at] ?? columns - shape.length) };
}
