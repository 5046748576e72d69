import type { JobExplanation } from "../../src/shared/jobPanel";
import { plainText } from "../lib/format";
import { IconButton } from "../lib/icon";
import type { Store } from "./store";

type Operand = JobExplanation["operands"][number];

/** Why tensors ended the job: what they were, with the dimensions under each other, and what to do about it. */
export function Explained({ store, explanation }: { store: Store; explanation: JobExplanation }) {
  const { layers, expression, operands, rule, fixes, message, others, rank, isGuess } = explanation;
  const dimensions = Math.max(0, ...operands.map(({ shape }) => shape.length));
  const asides = [
    isGuess ? "This is a guess." : "",
    others === 0
      ? ""
      : `${rank === undefined ? "" : `Rank ${rank} was the first to fail. `}${othersWord(others)} after it.`,
  ].filter(Boolean);
  return (
    <>
      <p class="foreign">
        {expression !== undefined && <code>{plainText(expression, 200)}</code>}
        {layers.length > 0 && <span class="muted"> {plainText(layers.join(" › "), 300)}</span>}
      </p>
      {operands.length > 0 && (
        <div class="operands">
          <table aria-label="Tensors">
            <tbody>
              {operands.map((operand) => (
                <OperandRow key={operand.name} operand={operand} dimensions={dimensions} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <p>{plainText(rule, 600)}</p>
      {fixes.length > 0 && (
        <ul class="fixes" aria-label="Fixes">
          {fixes.map((fix, at) => (
            <li key={fix}>
              <span class="muted">{at === 0 ? "Fix" : "or"}</span>
              <code>{plainText(fix, 300)}</code>
              <IconButton icon="copy" label={`Copy: ${fix}`} onClick={() => store.send("copy", { text: fix })} />
            </li>
          ))}
        </ul>
      )}
      {asides.length > 0 && <p class="muted">{asides.join(" ")}</p>}
      <pre class="foreign-block">{plainText(message, 1000)}</pre>
    </>
  );
}

/** `h | float32 | 32 784 | cuda:0 | last dimension 784`: the last dimensions stand under each other. */
function OperandRow({ operand, dimensions }: { operand: Operand; dimensions: number }) {
  const { name, dtype, shape, clash = [], device, note } = operand;
  return (
    <tr>
      <th scope="row">{plainText(name, 80)}</th>
      <td>{plainText(dtype ?? "", 40)}</td>
      {Array.from({ length: dimensions - shape.length }, (_, at) => (
        <td key={`none${at}`} />
      ))}
      {shape.map((size, at) => {
        const clashes = clash.includes(at);
        return (
          <td key={at} class="size" data-clash={clashes}>
            {clashes ? `≠${size ?? "?"}` : (size ?? "?")}
          </td>
        );
      })}
      <td>{plainText(device ?? "", 40)}</td>
      <td class="muted">{plainText(note ?? "", 200)}</td>
    </tr>
  );
}

const othersWord = (others: number): string => (others === 1 ? "Another one failed" : `${others} others failed`);
