import type { Shape } from "../../shared/tensors";

/** A shape as a message writes it, with its element type where that stands there. */
export interface WrittenShape {
  readonly shape: Shape;
  readonly dtype?: string;
}

/** One shape in any of the notations of the frameworks; a source for regular expressions, without groups that capture. */
export const shapeSource = [
  String.raw`torch\.Size\(\[[\d\s,]*\]\)`,
  String.raw`TensorShape\(\[[\w\s,]*\]\)`,
  String.raw`(?:b?float|u?int|complex|bool|key|bf|[fiuc])\d*(?:_\w+)?(?:<\w+>)?\[[\w\s,*?]*\]`,
  String.raw`\{\[[\d\s,]*\]\}`,
  String.raw`\[[-\w\s,*?]*\]`,
  String.raw`\((?:(?:-?\d+|None|newaxis|\?|s\d+)\s*,?\s*)*\)`,
  String.raw`\(?\d+(?:\s?x\s?\d+)+\)?`,
].join("|");

/** `torch.Size([2, 3])`, `[2,3]`, `(2, None)`, `2x3`, `float32[2,3]`, `{[3, 2]}`; undefined for what is no shape. */
export function readShape(text: string): WrittenShape | undefined {
  const product = /^\(?(?<sizes>\d+(?:\s?x\s?\d+)+)\)?$/.exec(text)?.groups?.sizes;
  if (product !== undefined) return { shape: product.split("x").map(Number) };
  const parts = /^(?<before>[\w.<>]*)\(?\{?[[(](?<inside>[^\]()]*)[\])]\}?\)?$/.exec(text.trim())?.groups;
  if (!parts) return undefined;
  const { before = "", inside = "" } = parts;
  const words = inside.trim() === "" ? [] : inside.replace(/,\s*$/, "").split(/\s*,\s*/);
  const shape = words.map((word) => readSize(word.trim()));
  if (shape.includes(undefined)) return undefined;
  const isType = before !== "" && !/^(?:torch\.Size|TensorShape)$/.test(before);
  return { shape: shape as Shape, ...(isType ? { dtype: before } : {}) };
}

/** A size that is a symbol (`s0`, `None`, `?`) is not known. */
function readSize(word: string): number | null | undefined {
  if (/^-?\d+$/.test(word)) return Number(word);
  return /^(?:None|newaxis|\?|\*|[A-Za-z]\w{0,11})$/.test(word) ? null : undefined;
}

/** `[32, 784]`, `[?, 10]` */
export const shapeText = (shape: Shape): string => `[${shape.map((size) => size ?? "?").join(", ")}]`;

/** How many elements it has; undefined where a size is not known. */
export function elementCount(shape: Shape): number | undefined {
  let count = 1;
  for (const size of shape) {
    if (size === null || size < 0) return undefined;
    count *= size;
  }
  return count;
}

/** Where two shapes do not broadcast: the positions in each, the last such pair; undefined where they do. */
export function broadcastClash(a: Shape, b: Shape): readonly [number, number] | undefined {
  for (let back = 1; back <= Math.min(a.length, b.length); back++) {
    const [left, right] = [a[a.length - back] ?? null, b[b.length - back] ?? null];
    if (left === null || right === null || left === right || left === 1 || right === 1) continue;
    return [a.length - back, b.length - back];
  }
  return undefined;
}

/** What both are stretched to; undefined where they clash. */
export function broadcastShape(a: Shape, b: Shape): Shape | undefined {
  if (broadcastClash(a, b)) return undefined;
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, at) => {
    const left = a[a.length - rank + at] ?? (a.length - rank + at < 0 ? 1 : null);
    const right = b[b.length - rank + at] ?? (b.length - rank + at < 0 ? 1 : null);
    return left === 1 ? right : right === 1 ? left : (left ?? right);
  });
}

/** The positions of the two inner sizes of a matrix product that differ; undefined where it can be computed. */
export function matmulClash(a: Shape, b: Shape): readonly [number, number] | undefined {
  if (a.length === 0 || b.length === 0) return undefined;
  const [left, right] = [a.length - 1, Math.max(0, b.length - 2)];
  const [inner, outer] = [a[left] ?? null, b[right] ?? null];
  return inner === null || outer === null || inner === outer ? undefined : [left, right];
}

/** The size that a convolution or pooling leaves of one dimension. */
export const slidingSize = (size: number, kernel: number, stride = 1, padding = 0, dilation = 1): number =>
  Math.floor((size + 2 * padding - dilation * (kernel - 1) - 1) / stride) + 1;

/** Whether both have the same sizes in another order. */
export const isReordered = (a: Shape, b: Shape): boolean =>
  a.length === b.length && !isSame(a, b) && isSame([...a].sort(bySize), [...b].sort(bySize));

export const isSame = (a: Shape, b: Shape): boolean => a.length === b.length && a.every((size, at) => size === b[at]);

const bySize = (a: number | null, b: number | null): number => (a ?? -1) - (b ?? -1);
