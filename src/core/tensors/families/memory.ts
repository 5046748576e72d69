import type { ExplainedOperand, Fix } from "../../../shared/tensors";
import type { Found, Told } from "../rule";
import { elementCount, shapeText } from "../shapes";

export const memoryRule =
  "The weights, the gradients, the optimizer's state and every activation of the batch must fit into the GPU's memory.";

const units: Readonly<Record<string, number>> = {
  bytes: 1,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
  pib: 2 ** 50,
  eib: 2 ** 60,
};

/** What PyTorch's allocator tells of its memory, in bytes; absent where the text does not say. */
interface Figures {
  readonly wanted?: number;
  readonly total?: number;
  readonly free?: number;
  readonly allocated?: number;
  readonly unused?: number;
  readonly others: number;
}

/** Memory that ran out: who has it, and the batch that would fit. */
export function explainMemory(found: Found): Told {
  const figures = readFigures(found);
  const { wanted, total, free, allocated } = figures;
  const largest = (found.memory?.largest ?? []).slice(0, 5).flatMap((value): ExplainedOperand[] =>
    value.shape
      ? [
          {
            name: value.name,
            shape: value.shape,
            ...(value.dtype ? { dtype: value.dtype } : {}),
            ...(value.device ? { device: value.device } : {}),
            ...(value.bytes === undefined ? {} : { note: amount(value.bytes) }),
          },
        ]
      : [],
  );
  const had = [
    ...(free === undefined ? [] : [`${amount(free)} were free`]),
    ...(allocated === undefined ? [] : [`this process holds ${amount(allocated)} in tensors`]),
    ...(figures.others > 0 ? [`other processes ${amount(figures.others)}`] : []),
  ];
  const asked = wanted === undefined ? "memory ran out" : `${amount(wanted)} more were needed`;
  return {
    operands: largest.length > 0 ? largest : found.operands,
    summary: `${asked}${total === undefined ? "" : ` of a GPU with ${amount(total)}`}${had.length > 0 ? `: ${had.join(", ")}` : ""}`,
    fixes: memoryFixes(figures, found),
  };
}

function readFigures({ context, memory, words }: Found): Figures {
  const figure = (pattern: RegExp): number | undefined => {
    const { n, unit } = pattern.exec(context)?.groups ?? {};
    return n === undefined || unit === undefined ? undefined : Number(n) * (units[unit.toLowerCase()] ?? NaN);
  };
  const wanted =
    figure(/Tried to allocate (?<n>[\d.]+) (?<unit>\w+)/) ??
    (words.bytes === undefined ? undefined : Number(words.bytes));
  const total =
    figure(/total capac?i?ty of (?<n>[\d.]+) (?<unit>\w+)/) ??
    figure(/(?<n>[\d.]+) (?<unit>\w+) total capacity/) ??
    memory?.total;
  const free =
    figure(/of which (?<n>[\d.]+) (?<unit>\w+) is free/) ?? figure(/(?<n>[\d.]+) (?<unit>\w+) free/) ?? memory?.free;
  const allocated =
    figure(/(?<n>[\d.]+) (?<unit>\w+) is allocated by PyTorch/) ??
    figure(/(?<n>[\d.]+) (?<unit>\w+) already allocated/) ??
    memory?.allocated;
  const reserved = figure(/(?<n>[\d.]+) (?<unit>\w+) reserved in total/);
  const unused =
    figure(/(?<n>[\d.]+) (?<unit>\w+) is reserved by PyTorch but unallocated/) ??
    (reserved === undefined || allocated === undefined ? undefined : reserved - allocated);
  const others = [...context.matchAll(/Process \d+ has (?<n>[\d.]+) (?<unit>\w+) memory in use/g)].reduce(
    (sum, { groups }) => sum + Number(groups?.n) * (units[groups?.unit?.toLowerCase() ?? ""] ?? 0),
    0,
  );
  const known = { wanted, total, free, allocated, unused };
  return {
    ...(Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) as Partial<Figures>),
    others,
  };
}

function memoryFixes(figures: Figures, found: Found): Fix[] {
  const { wanted, free, unused, total, others } = figures;
  const fixes: Fix[] = [];
  if (wanted !== undefined && (wanted > 2 ** 42 || (total !== undefined && wanted > total))) {
    const shape = found.operands[0]?.shape;
    const told = shape && elementCount(shape) !== undefined ? `: it has the shape ${shapeText(shape)}` : "";
    fixes.push({ text: `look at the size of this one tensor${told}; it is larger than all the memory there is` });
  }
  const batch = batchThatFits(figures, found);
  if (batch) fixes.push({ text: `a batch of about ${batch.fits} in place of ${batch.size} would fit` });
  if (others > 0 && others >= (wanted ?? 0) - (free ?? 0))
    fixes.push({ text: `other processes hold ${amount(others)} on this GPU: wait for them, or take another GPU` });
  if (wanted !== undefined && unused !== undefined && unused > wanted) {
    fixes.push({
      text: "memory is reserved and in pieces too small: set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True",
    });
  }
  if (!batch) fixes.push({ text: "halve the batch until it fits, and gather gradients over several batches" });
  fixes.push({
    text: "compute in torch.autocast, use activation checkpointing, and put evaluation under torch.no_grad()",
  });
  return fixes;
}

/**
 * Memory that grows with the batch is what the process holds beyond weights; the record's largest tensors tell the batch by their
 * first dimension. A batch scales everything that is not a parameter, so this is an estimate.
 */
function batchThatFits(
  { wanted, allocated, total, others }: Figures,
  { memory, values }: Found,
): { size: number; fits: number } | undefined {
  if (wanted === undefined || allocated === undefined || total === undefined) return undefined;
  const tensors = memory?.largest ?? [];
  const isParameter = (type: string) => type.endsWith("Parameter");
  const sizes = [...tensors, ...values]
    .filter(({ type, shape }) => !isParameter(type) && (shape?.length ?? 0) > 1)
    .map(({ shape }) => shape?.[0]);
  const size = mostCommon(sizes.filter((one): one is number => typeof one === "number" && one > 1));
  if (size === undefined) return undefined;
  const fixed = tensors.filter(({ type }) => isParameter(type)).reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  const perSample = (allocated - fixed + wanted) / size;
  const fits = Math.floor((total * 0.95 - others - fixed) / perSample);
  return fits >= 1 && fits < size ? { size, fits } : undefined;
}

function mostCommon(sizes: readonly number[]): number | undefined {
  const counts = new Map<number, number>();
  for (const size of sizes) counts.set(size, (counts.get(size) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

function amount(bytes: number): string {
  const [unit, size] =
    bytes >= 2 ** 50
      ? ["PiB", 2 ** 50]
      : bytes >= 2 ** 40
        ? ["TiB", 2 ** 40]
        : bytes >= 2 ** 30
          ? ["GiB", 2 ** 30]
          : ["MiB", 2 ** 20];
  return `${(bytes / Number(size)).toFixed(bytes >= 2 ** 30 ? 2 : 0)} ${unit}`;
}
