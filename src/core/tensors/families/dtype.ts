import type { Fix } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import type { Found, Told } from "../rule";
import { vocabularies } from "../vocabulary";

export const dtypeRule =
  "Both sides of an operation need the same element type; a model's weights are float32 unless it was changed.";

const common: Readonly<Record<string, string>> = {
  float: "float32",
  double: "float64",
  half: "float16",
  bfloat16: "bfloat16",
  long: "int64",
  "long int": "int64",
  int: "int32",
  short: "int16",
  char: "int8",
  byte: "uint8",
  "unsigned char": "uint8",
  bool: "bool",
};

/** `Float`, `c10::Half`, `torch.cuda.FloatTensor`, `torch.float64`, `unsigned char` → the name that the framework's users know. */
export function dtypeName(word: string): string {
  const bare = word
    .trim()
    .replace(/^c10::|^torch\.|cuda\.|mps\.|tf\.|jnp\.|np\.|Tensor$/g, "")
    .replace(/Tensor$/, "");
  return common[bare.toLowerCase()] ?? bare.toLowerCase();
}

/** Element types that do not fit, or one that an operation does not take. Two types of CUDA and CPU tell of devices. */
export function explainDtype(found: Found): Told {
  const { a, b, got, needed } = found.words;
  if (a && b && /cuda/.test(a) !== /cuda/.test(b)) return deviceTold(a, b);
  if (a !== undefined && b !== undefined) return pairTold(found, dtypeName(a), dtypeName(b));
  const types = new Set(found.operands.flatMap(({ dtype }) => dtype ?? []));
  const wanted = needed && /long|int/i.test(needed) ? "int64" : "float32";
  const name = found.operands[0]?.name ?? plainArgument(found) ?? "x";
  const change = vocabularies[found.framework].cast(name, wanted);
  if (types.size > 1)
    return {
      summary: `the operands have the types ${[...types].join(" and ")}`,
      fixes: [{ text: `bring them to one type: ${change}` }],
    };
  return {
    summary: got
      ? `${dtypeName(got)} is not a type that ${found.words.operation ?? "this operation"} takes`
      : "the element type does not fit",
    fixes: [
      {
        text: /half|float16/i.test(got ?? "")
          ? `use ${change}, or bfloat16: half precision on the CPU lacks operations`
          : `use ${change}`,
      },
    ],
  };
}

function pairTold(found: Found, first: string, second: string): Told {
  const [one, other] = found.operands;
  const write = vocabularies[found.framework];
  // The weights of a model set the type, and double mostly comes from NumPy.
  const target = [first, second].find((type) => type === "float32") ?? (first === "float64" ? second : first);
  const wrong = found.operands.find(
    ({ dtype, name }) => dtype !== undefined && dtype !== target && !/weight|bias/.test(name),
  );
  const name = wrong?.name ?? plainArgument(found) ?? "x";
  const text = write.cast(name, target);
  const fixes: Fix[] = [
    wrong ? replaceFix(found, `use ${text}`, name, text) : { text: `bring both to ${target}, such as ${text}` },
  ];
  if ([first, second].includes("float64"))
    fixes.push({ text: "arrays of NumPy are float64: cast them where they are read" });
  if ([first, second].some((type) => /16/.test(type)))
    fixes.push({ text: "compute inside torch.autocast, which brings types together" });
  if ([first, second].includes("uint8")) fixes.push({ text: "images are uint8: use x.float() / 255" });
  return {
    summary: `${one?.dtype ? one.name : "one side"} is ${one?.dtype ?? first} and ${other?.dtype ? other.name : "the other"} ${other?.dtype ?? second}`,
    fixes,
  };
}

const plainArgument = ({ parts }: Found): string | undefined =>
  parts?.arguments.find((one) => /^[A-Za-z_][\w.]*$/.test(one));

const deviceTold = (a: string, b: string): Told => ({
  kind: "device",
  summary: `one side is on ${/cuda/.test(a) ? "the GPU" : "the CPU"} and the other on ${/cuda/.test(b) ? "the GPU" : "the CPU"}`,
  rule: "All tensors of an operation must be on the same device.",
  fixes: [{ text: "move the model once, model.to(device), and every batch, x = x.to(device)" }],
});
