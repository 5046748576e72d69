import { readShape, type WrittenShape } from "./shapes";

/**
 * What other tools put around the message of an operation, taken off: the operation's place in TensorFlow's devices, and the
 * account of torch.compile, which quotes the message and tells the shapes of all operands.
 */
export function unwrap(message: string): { readonly message: string; readonly operands: readonly WrittenShape[] } {
  const plain = message.replace(/\{\{function_node [^}\n]{1,300}\}\} ?/g, "");
  if (!/Dynamo failed to run FX node|Failed running call_/.test(plain)) return { message: plain, operands: [] };
  const quoted = /: got \w{1,60}\((?<quote>['"])(?<inner>[\s\S]{1,4000}?)\k<quote>\)/.exec(plain)?.groups?.inner;
  const sizes = [...plain.matchAll(/FakeTensor\([^()]{0,200}?size=(?<size>\([^()]{0,200}\))/g)];
  return { message: quoted ?? plain, operands: sizes.flatMap(({ groups }) => readShape(groups?.size ?? "") ?? []) };
}
