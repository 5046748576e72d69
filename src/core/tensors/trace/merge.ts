import type {
  ProcessTrace,
  ShapeTrace,
  TracedLayer,
  TracedLine,
  TracedOperation,
  TracedValue,
} from "../../../shared/shapeTrace";

/**
 * One trace of what the processes of a run saw: ranks and workers see the same lines with other sizes.
 * Undefined without any process.
 */
export function mergeTraces(processes: readonly ProcessTrace[]): ShapeTrace | undefined {
  // What most was seen of is the program; helpers that it started say little.
  const [main] = [...processes].sort((one, other) => seen(other) - seen(one));
  if (!main) return undefined;
  const { program, folder, python, versions, modes } = main;
  const began = processes.map((one) => one.began).sort()[0] ?? main.began;
  const ends = processes.map((one) => Date.parse(one.began) + one.seconds * 1000);
  return {
    program,
    folder,
    python,
    versions,
    modes,
    began,
    seconds: (Math.max(...ends) - Date.parse(began)) / 1000,
    processes: processes.length,
    ranks: [...new Set(processes.flatMap(({ rank }) => rank?.rank ?? []))].sort((one, other) => one - other),
    isOver: processes.every(({ isOver }) => isOver),
    isCut: processes.some(({ isCut }) => isCut),
    isStopped: processes.some(({ stopped }) => stopped !== undefined),
    lines: mergedLines(processes.flatMap((one) => one.lines)),
    modules: mergedLayers(processes.flatMap((one) => one.modules)),
    operations: mergedOperations(processes.flatMap((one) => one.operations)),
  };
}

const seen = ({ lines, modules, operations }: ProcessTrace) => lines.length + modules.length + operations.length;

function mergedLines(lines: readonly TracedLine[]): TracedLine[] {
  const merged = mergedBy(lines, ({ file, line, function: name }) => [file, line, name]);
  const found = merged.map(([first, ...others]) => ({
    ...first,
    values: mergedValues([first, ...others].flatMap(({ values }) => values)),
  }));
  return found.sort((one, other) => one.file.localeCompare(other.file) || one.line - other.line);
}

function mergedLayers(layers: readonly TracedLayer[]): TracedLayer[] {
  return mergedBy(layers, ({ root, path, type }) => [root, path, type]).map((same) => ({
    ...same[0],
    calls: sum(same, ({ calls }) => calls),
    inputs: mergedValues(same.flatMap(({ inputs }) => inputs)),
    outputs: mergedValues(same.flatMap(({ outputs }) => outputs)),
  }));
}

function mergedOperations(operations: readonly TracedOperation[]): TracedOperation[] {
  return mergedBy(operations, ({ file, line, name }) => [file, line, name]).map((same) => ({
    ...same[0],
    calls: sum(same, ({ calls }) => calls),
    inputs: mergedValues(same.flatMap(({ inputs }) => inputs)),
    outputs: mergedValues(same.flatMap(({ outputs }) => outputs)),
  }));
}

/** Ranks hold the same on their own devices: `cuda:0` and `cuda:1` become `cuda`. */
function mergedValues(values: readonly TracedValue[]): TracedValue[] {
  const merged = mergedBy(values, (one) => [one.role, one.name, one.dtype, kindOf(one.device), one.least.length]);
  return merged.map((same) => {
    const [first] = same;
    const bytes = same.flatMap((one) => one.bytes ?? []);
    const devices = new Set(same.map(({ device }) => device));
    const device = devices.size === 1 ? first.device : kindOf(first.device);
    return {
      ...first,
      ...(device === undefined ? {} : { device }),
      count: sum(same, (one) => one.count),
      order: Math.min(...same.map(({ order }) => order)),
      least: first.least.map((_, at) => extreme(Math.min, same, at, "least")),
      most: first.most.map((_, at) => extreme(Math.max, same, at, "most")),
      ...(bytes.length === same.length ? { bytes: Math.max(...bytes) } : {}),
    };
  });
}

const kindOf = (device: string | undefined) => device?.replace(/:\d+$/, "");

function extreme(
  choose: (...sizes: number[]) => number,
  values: readonly TracedValue[],
  at: number,
  name: "least" | "most",
): number | null {
  const sizes = values.map((one) => one[name][at] ?? null);
  return sizes.includes(null) ? null : choose(...sizes.filter((size) => size !== null));
}

const sum = <T>(things: readonly T[], number: (thing: T) => number) =>
  things.reduce((total, thing) => total + number(thing), 0);

/** Those with the same key, in the order of the first of each. */
function mergedBy<T>(things: readonly T[], key: (thing: T) => readonly unknown[]): (readonly [T, ...T[]])[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const thing of things) {
    const name = JSON.stringify(key(thing));
    const group = groups.get(name);
    if (group) group.push(thing);
    else groups.set(name, [thing]);
  }
  return [...groups.values()];
}
