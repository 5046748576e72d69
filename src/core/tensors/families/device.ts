import type { Fix } from "../../../shared/tensors";
import { replaceFix } from "../edit";
import type { Found, Told } from "../rule";

export const deviceRule = "All tensors of an operation must be on the same device.";

/** Tensors on several devices. The record tells which; the message at best the argument. */
export function explainDevice(found: Found): Told {
  const { a, b, argument } = found.words;
  const devices = new Set(found.operands.flatMap(({ device }) => device ?? []));
  if (devices.size < 2) {
    const name = argument ?? found.parts?.arguments[0] ?? "x";
    return {
      summary:
        a && b
          ? `tensors are on ${a} and on ${b}${argument ? `; look at the argument ${argument}` : ""}`
          : "tensors are on different devices",
      fixes: general(name),
    };
  }
  // Most operands, or else the weights, are where they should be.
  const count = (device: string) => found.operands.filter((one) => one.device === device).length;
  const anchor = found.operands.find(({ name }) => /weight|bias/.test(name))?.device;
  const home =
    anchor ??
    [...devices].sort(
      (x, y) =>
        Number(x === "meta") - Number(y === "meta") || count(y) - count(x) || Number(x === "cpu") - Number(y === "cpu"),
    )[0] ??
    "";
  const stray = found.operands.find(({ device }) => device !== undefined && device !== home);
  const other = found.operands.find(({ device }) => device === home);
  if (!stray || !other) return { summary: "tensors are on different devices", fixes: general("x") };
  const target = /weight|bias/.test(other.name) ? `"${home}"` : `${other.name}.device`;
  const text = `${stray.name}.to(${target})`;
  return {
    operands: found.operands.map((one) => (one === stray ? { ...one, note: `not on ${home}` } : one)),
    summary: `${stray.name} is on ${stray.device} and ${other.name} on ${home}`,
    fixes: [replaceFix(found, `use ${text}`, stray.name, text), ...general(stray.name).slice(1)],
  };
}

const general = (name: string): Fix[] => [
  { text: `move it where the model is: ${name} = ${name}.to(device); .to() of a tensor is not in place` },
  { text: "tensors that belong to a model (masks, class weights, tables) move with it as register_buffer" },
];
