import type { Found, Told } from "../rule";

/** What kernels check, by the condition that they print to stderr. */
const conditions: readonly {
  readonly pattern: RegExp;
  readonly kind: string;
  readonly says: string;
  readonly fix: string;
}[] = [
  {
    pattern: /t >= 0 && t < n_classes|cur_target|target_val >= 0/,
    kind: "labelRange",
    says: "a label is not from 0 to the number of classes - 1",
    fix: "let labels begin at 0, and make the last layer as wide as the largest label + 1",
  },
  {
    pattern: /srcIndex < srcSelectDimSize|ind >= 0 && ind < ind_dim_size|vectorized_gather_kernel/,
    kind: "embeddingRange",
    says: "an index is beyond the table of an embedding",
    fix: "compare the largest index with num_embeddings, and the sequence with the number of positions",
  },
  {
    pattern: /index >= -sizes\[i\]|-sizes\[i\] <= index|idx_dim >= 0|index out of bounds/,
    kind: "index",
    says: "an index is outside the tensor",
    fix: "look at the largest and the smallest index",
  },
  {
    pattern: /input_val >= zero && input_val <= one/,
    kind: "lossRange",
    says: "binary cross entropy got values outside 0 to 1",
    fix: "use binary_cross_entropy_with_logits on the raw outputs",
  },
  {
    pattern: /probability tensor|cumdist\[size - 1\]|val >= zero/,
    kind: "probabilities",
    says: "the probabilities to sample from are not valid",
    fix: "look for a nan in front of the sampling",
  },
];

/** A check in a GPU kernel; which one stands only in a line that the kernel itself printed. */
export function explainAssert({ context }: Found): Told {
  const printed = conditions.find(({ pattern }) => pattern.test(context));
  return {
    summary: printed
      ? `${printed.says}; the GPU found it`
      : "a check in a GPU kernel failed, mostly an index or a label out of range",
    fixes: [
      ...(printed ? [{ text: printed.fix }] : []),
      { text: "run again with CUDA_LAUNCH_BLOCKING=1, or on the CPU, to see the line that is really meant" },
      { text: "start the process anew: its GPU context cannot be used any more" },
    ],
  };
}
