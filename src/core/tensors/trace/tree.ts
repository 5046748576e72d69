import type { ShapeTrace, TracedLayer, TracedValue } from "../../../shared/shapeTrace";

/** A layer with those in it. */
export interface LayerNode {
  readonly layer: TracedLayer;
  /** The last part of its path; the type for a model itself. */
  readonly name: string;
  readonly depth: number;
  /** Of it and all in it. */
  readonly parameters: number;
  /** What the layers without others in them gave out, for the largest sizes; bytes. */
  readonly activationBytes: number;
  readonly children: readonly LayerNode[];
}

/** The models of a trace, those that hold most first. */
export function layerTrees({ modules }: Pick<ShapeTrace, "modules">): readonly LayerNode[] {
  const roots = [...new Set(modules.map(({ root }) => root))];
  return roots
    .flatMap((root) => {
      const layers = modules.filter((layer) => layer.root === root);
      const model = layers.find(({ path }) => path === "");
      return model ? [nodeOf(model, layers, 0)] : [];
    })
    .sort((one, other) => other.parameters - one.parameters);
}

/** All layers of a tree in the order of their depth-first walk. */
export const flattened = (node: LayerNode): readonly LayerNode[] => [node, ...node.children.flatMap(flattened)];

function nodeOf(layer: TracedLayer, all: readonly TracedLayer[], depth: number): LayerNode {
  const children = all
    .filter((one) => one !== layer && parentPath(one.path, all) === layer.path)
    .sort((one, other) => firstSeen(one) - firstSeen(other))
    .map((one) => nodeOf(one, all, depth + 1));
  const own = children.length === 0 ? bytesOf(layer.outputs) : 0;
  return {
    layer,
    name: layer.path === "" ? layer.type : (layer.path.split(".").at(-1) ?? layer.path),
    depth,
    parameters: (layer.parameters ?? 0) + total(children.map(({ parameters }) => parameters)),
    activationBytes: own + total(children.map(({ activationBytes }) => activationBytes)),
    children,
  };
}

/** Of the layer that holds it: the longest part of its path that is one, for some may have been left out. */
function parentPath(path: string, all: readonly TracedLayer[]): string | undefined {
  if (path === "") return undefined;
  const parts = path.split(".");
  while (parts.pop() !== undefined) {
    const before = parts.join(".");
    if (all.some((one) => one.path === before)) return before;
  }
  return undefined;
}

/** Those that never ran stand behind. */
const firstSeen = ({ inputs, outputs }: TracedLayer) =>
  Math.min(Number.MAX_SAFE_INTEGER, ...[...inputs, ...outputs].map(({ order }) => order));

const bytesOf = (values: readonly TracedValue[]) => total(values.map(({ bytes = 0 }) => bytes));
const total = (numbers: readonly number[]) => numbers.reduce((sum, one) => sum + one, 0);
