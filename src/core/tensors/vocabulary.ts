import type { Shape, TensorFramework } from "../../shared/tensors";

/** How a framework's users write the changes that fixes propose. */
export interface Vocabulary {
  readonly transpose: (name: string, rank: number) => string;
  readonly permute: (name: string, order: readonly number[]) => string;
  readonly flatten: (name: string) => string;
  readonly addAxis: (name: string, at: number) => string;
  readonly dropAxis: (name: string, at: number) => string;
  readonly reshape: (name: string, shape: Shape) => string;
  readonly cast: (name: string, dtype: string) => string;
}

const list = (sizes: readonly (number | null)[]): string => sizes.map((size) => size ?? -1).join(", ");

/** An expression that is more than a name or call needs brackets before a method. */
const owner = (name: string): string => (/^[\w.]+(?:[[(].*[\])])?$/.test(name) ? name : `(${name})`);

const torchCasts: Readonly<Record<string, string>> = {
  float32: "float()",
  float64: "double()",
  float16: "half()",
  int64: "long()",
  bool: "bool()",
};

const torch: Vocabulary = {
  transpose: (name, rank) => (rank === 2 ? `${owner(name)}.T` : `${owner(name)}.transpose(-1, -2)`),
  permute: (name, order) => `${owner(name)}.permute(${list(order)})`,
  flatten: (name) => `${owner(name)}.flatten(1)`,
  addAxis: (name, at) => `${owner(name)}.unsqueeze(${at})`,
  dropAxis: (name, at) => `${owner(name)}.squeeze(${at})`,
  reshape: (name, shape) => `${owner(name)}.reshape(${list(shape)})`,
  cast: (name, dtype) => `${owner(name)}.${torchCasts[dtype] ?? `to(torch.${dtype})`}`,
};

const arrays = (module: string): Vocabulary => ({
  transpose: (name, rank) => (rank === 2 ? `${owner(name)}.T` : `${module}.swapaxes(${name}, -1, -2)`),
  permute: (name, order) => `${owner(name)}.transpose(${list(order)})`,
  flatten: (name) => `${owner(name)}.reshape(len(${name}), -1)`,
  addAxis: (name, at) => `${module}.expand_dims(${name}, ${at})`,
  dropAxis: (name, at) => `${owner(name)}.squeeze(${at})`,
  reshape: (name, shape) => `${owner(name)}.reshape(${list(shape)})`,
  cast: (name, dtype) => `${owner(name)}.astype(${module}.${dtype})`,
});

const tensorflow: Vocabulary = {
  transpose: (name, rank) => (rank === 2 ? `tf.transpose(${name})` : `tf.linalg.matrix_transpose(${name})`),
  permute: (name, order) => `tf.transpose(${name}, [${list(order)}])`,
  flatten: (name) => `tf.reshape(${name}, [tf.shape(${name})[0], -1])`,
  addAxis: (name, at) => `tf.expand_dims(${name}, ${at})`,
  dropAxis: (name, at) => `tf.squeeze(${name}, ${at})`,
  reshape: (name, shape) => `tf.reshape(${name}, [${list(shape)}])`,
  cast: (name, dtype) => `tf.cast(${name}, tf.${dtype})`,
};

export const vocabularies: Readonly<Record<TensorFramework, Vocabulary>> = {
  torch,
  numpy: arrays("np"),
  jax: arrays("jnp"),
  tensorflow,
  keras: tensorflow,
};
