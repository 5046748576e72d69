import type { PanelOperand } from "../../../src/shared/tensorPanel";
import { plainText } from "../format";
import { align } from "./align";

const MOST = 12;

/** The operands under each other, a box for each size; those that do not fit stand in one column and are marked by a sign and a word. */
export function OperandBoxes({ operands: all }: { operands: readonly PanelOperand[] }) {
  if (all.length === 0) return null;
  const operands = all.slice(0, MOST);
  const { columns, begins } = align(operands);
  const marked = operands.map(({ clash = [] }, row) => clash.map((at) => at + (begins[row] ?? 0)));
  const hasClash = marked.some((places) => places.length > 0);
  return (
    <div class="scroller operands-frame">
      <table class="operands">
        <caption class="visually-hidden">The operands and their sizes</caption>
        <tbody>
          {operands.map((operand, row) => (
            <Operand
              key={`${row}`}
              operand={operand}
              begin={begins[row] ?? 0}
              columns={columns}
              joined={shared(marked[row], marked[row + 1])}
            />
          ))}
        </tbody>
      </table>
      {hasClash && (
        <p class="operands-legend muted">
          <span class="clash-sign">≠</span> marks sizes that do not fit
        </p>
      )}
      {all.length > MOST && <p class="muted">and {all.length - MOST} more</p>}
    </div>
  );
}

const shared = (above: readonly number[] = [], below: readonly number[] = []): readonly number[] =>
  above.filter((column) => below.includes(column));

interface OperandProps {
  readonly operand: PanelOperand;
  readonly begin: number;
  readonly columns: number;
  /** Columns from which a line goes on to the next operand. */
  readonly joined: readonly number[];
}

function Operand({ operand, begin, columns, joined }: OperandProps) {
  const { name, shape, dtype, device, clash = [], note } = operand;
  const kind = [dtype, device].filter((word) => word !== undefined).join(" · ");
  const after = columns - begin - shape.length;
  return (
    <tr>
      <th scope="row">
        <code class="operand-name foreign">{plainText(name, 120)}</code>
        {kind !== "" && <span class="operand-kind muted foreign">{plainText(kind, 120)}</span>}
        {note !== undefined && <span class="operand-note foreign">{plainText(note, 200)}</span>}
      </th>
      {begin > 0 && <td colSpan={begin} />}
      {shape.map((size, at) => (
        <Size key={`${at}`} size={size} clashes={clash.includes(at)} isJoined={joined.includes(begin + at)} />
      ))}
      {shape.length === 0 && <td class="size-none muted">a scalar</td>}
      {after > 0 && shape.length > 0 && <td colSpan={after} />}
    </tr>
  );
}

function Size({ size, clashes, isJoined }: { size: number | null; clashes: boolean; isJoined: boolean }) {
  return (
    <td class="size" data-clash={clashes} data-joined={isJoined}>
      <span class="size-box">
        {clashes && (
          <span class="clash-sign" aria-hidden="true">
            ≠
          </span>
        )}
        {size === null ? <span title="not known">?</span> : size}
        {clashes && <span class="visually-hidden"> does not fit</span>}
      </span>
    </td>
  );
}
