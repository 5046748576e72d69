import type { PanelTensor } from "../../src/shared/tensorPanel";
import { plainText, UNKNOWN } from "../lib/format";
import { sizeText } from "./sizeText";

/** Tensors with what is known of them; those of the expression first, by a mark and a word. */
export function TensorTable({ tensors, caption }: { tensors: readonly PanelTensor[]; caption: string }) {
  return (
    <div class="scroller" tabIndex={-1}>
      <table class="table tensors">
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Shape</th>
            <th scope="col">Type</th>
            <th scope="col">Device</th>
            <th scope="col" data-numeric="true">
              Size
            </th>
            <th scope="col">Notes</th>
          </tr>
        </thead>
        <tbody>
          {tensors.map((tensor, at) => (
            <tr key={`${at}`} data-operand={tensor.isOperand}>
              <th scope="row">
                <code class="foreign" title={tensor.isOperand ? "in the expression" : undefined}>
                  {plainText(tensor.name, 80)}
                </code>
                {tensor.isOperand && <span class="visually-hidden"> in the expression</span>}
              </th>
              <td>
                <code>{shapeText(tensor)}</code>
              </td>
              <td>{plainText(tensor.dtype ?? UNKNOWN, 40)}</td>
              <td>{plainText(tensor.device ?? UNKNOWN, 40)}</td>
              <td data-numeric="true">{sizeText(tensor.bytes)}</td>
              <td class="muted">{notesOf(tensor)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shapeText = ({ shape }: PanelTensor): string =>
  shape ? `[${shape.map((size) => size ?? "?").join(", ")}]` : UNKNOWN;

const plainTypes = new Set(["Tensor", "ndarray", "ArrayImpl", "EagerTensor"]);

const notesOf = ({ type, notes }: PanelTensor): string =>
  plainText([...(plainTypes.has(type) ? [] : [type]), ...notes].join(", "), 200);
