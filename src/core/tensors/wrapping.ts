import { readShape, type WrittenShape } from "./shapes";
import { findShapes } from "./template";

/** A message without what other tools put around it, and the operands that they tell of, by name. */
export interface Unwrapped {
  readonly message: string;
  readonly operands: ReadonlyMap<string, WrittenShape>;
}

/**
 * Takes off the operation's place in TensorFlow's devices and the account of torch.compile, which quotes the message. The shapes of all
 * operands stand in that account, behind the message of a graph's node, and in Keras's list of a layer's arguments.
 */
export function unwrap(message: string): Unwrapped {
  const plain = message.replace(/\{\{function_node [^}\n]{1,300}\}\} ?/g, "");
  if (/Dynamo failed to run FX node|Failed running call_/.test(plain)) {
    const quoted = /: got \w{1,60}\((?<quote>['"])(?<inner>[\s\S]{1,4000}?)\k<quote>\)/.exec(plain)?.groups?.inner;
    const sizes = [...plain.matchAll(/FakeTensor\([^()]{0,200}?size=(?<size>\([^()]{0,200}\))/g)];
    return {
      message: quoted ?? plain,
      operands: numbered(sizes.flatMap(({ groups }) => readShape(groups?.size ?? "") ?? [])),
    };
  }
  const node = /\{\{node [^\n]{1,2000}' with input shapes: (?<shapes>(?:\[[\d,?]*\](?:, )?){1,30})/.exec(plain)?.groups
    ?.shapes;
  // What has no size is a constant, such as the axis.
  if (node !== undefined)
    return { message: plain, operands: numbered(findShapes(node).filter(({ shape }) => shape.length > 0)) };
  const list =
    /^ {2}\u2022 (?<name>\w{1,80})=(?:tf\.Tensor|<KerasTensor) ?\(?shape=(?<shape>\([^()]{0,200}\)), dtype=(?<dtype>\w{1,40})/gm;
  const given = [...plain.matchAll(list)].flatMap(({ groups }): (readonly [string, WrittenShape])[] => {
    const read = readShape(groups?.shape ?? "");
    return read ? [[groups?.name ?? "", { ...read, dtype: groups?.dtype ?? "" }]] : [];
  });
  return { message: plain, operands: new Map(given) };
}

const numbered = (shapes: readonly WrittenShape[]) => new Map(shapes.map((one, at) => [`operand ${at + 1}`, one]));
