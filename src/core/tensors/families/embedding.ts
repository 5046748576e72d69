import { ownerName } from "../operands";
import type { Found, Told } from "../rule";

export const embeddingRule =
  "A table of n rows has the indices 0 to n-1; every token or position must lie below its size.";

/** A token or position beyond the table. On the CPU the message does not say which. */
export function explainEmbedding(found: Found): Told {
  const weight = found.operands.find((one) => /(?:^|\.)weight$/.test(one.name) && one.shape.length === 2);
  const rows = found.words.rows ?? (weight?.shape[0] === null ? undefined : weight?.shape[0]?.toString());
  const indices = found.operands.find((one) => one !== weight) ?? { name: found.parts?.arguments[0] ?? "the indices" };
  const name = ownerName(found.layer, found.parts);
  const table = name ? `${name}${rows ? ` (${rows} rows)` : ""}` : rows ? `the table of ${rows} rows` : "the table";
  const isPosition = /pos/i.test(name ?? "");
  return {
    operands: found.operands.map((one) => (one === weight ? { ...one, clash: [0], note: `${rows} rows` } : one)),
    summary: `${indices.name} holds ${found.words.index ? `the index ${found.words.index}` : "an index"} beyond ${table}`,
    fixes: [
      isPosition
        ? { text: "cut the sequence to as many positions as the table has, or make the table longer" }
        : { text: `compare ${indices.name}.max() with num_embeddings, and ${indices.name}.min() with 0` },
      { text: "after tokens were added, resize the table: model.resize_token_embeddings(len(tokenizer))" },
      { text: "a position table is indexed by the sequence: keep its length below the number of positions" },
    ].slice(0, isPosition ? 1 : 3),
  };
}
