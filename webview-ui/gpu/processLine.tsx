import { type Signal, useComputed } from "@preact/signals";
import { memory, plainText, span, UNKNOWN } from "../lib/format";
import { IconButton } from "../lib/icon";
import { Value } from "../lib/value";
import { commandOf, type ProcessRow, placeOf } from "./processes";
import type { Store } from "./store";

interface Props {
  readonly store: Store;
  readonly row: ProcessRow;
  /** Its end was asked for and is not answered yet. */
  readonly ending: boolean;
  /** Whether Tab stops at this row's buttons; the arrow keys reach the other rows. */
  readonly tabStop: boolean;
  /** Where the row writes its key when the focus comes in. */
  readonly reached: Signal<string | undefined>;
}

const OTHERS = "not visible: the process belongs to another user or container";

/** One process of the table. */
export function ProcessLine({ store, row, ending, tabStop, reached }: Props) {
  const command = commandOf(row);
  const text = plainText(command ?? "");
  const started = Date.parse(row.startedAt ?? "");
  const running = useComputed(() => span(((store.sampledAt.value ?? 0) - Date.parse(row.startedAt ?? "")) / 1000));
  const refusal = refusalOf(row, store.panel.value?.me);
  return (
    <tr
      data-mine={row.mine}
      data-ended={row.ended}
      onFocusIn={() => {
        reached.value = row.key;
      }}
    >
      <td data-column="pid" data-numeric="true">
        {row.pid}
      </td>
      <td data-column="user" class="foreign" title={plainText(row.user ?? "")}>
        {row.mine ? <strong>you</strong> : <Value text={plainText(row.user ?? UNKNOWN, 64)} why={OTHERS} />}
      </td>
      <td data-column="gpu" data-numeric="true">
        <Value text={plainText(placeOf(row) ?? UNKNOWN, 12)} why="the tool does not say which GPU" />
      </td>
      <td data-column="memory" data-numeric="true">
        <Value text={memory(row.memoryBytes)} why="not reported for this process" />
      </td>
      <td
        data-column="time"
        data-numeric="true"
        title={Number.isNaN(started) ? "" : `since ${new Date(started).toLocaleString()}`}
      >
        {row.ended ? "ended" : <Value text={running.value} why={OTHERS} />}
      </td>
      <td data-column="command" class="foreign" title={`PID ${row.pid}: ${plainText(command ?? OTHERS, 2000)}`}>
        <span class="command">{ending ? "terminating…" : <Value text={text || UNKNOWN} why={OTHERS} />}</span>
      </td>
      <td data-column="actions">
        <span class="row-actions">
          <IconButton
            icon="copy"
            kind="copy"
            label={`Copy PID ${row.pid}`}
            tabIndex={tabStop ? 0 : -1}
            onClick={() => store.send("copy", { text: String(row.pid) })}
          />
          <IconButton
            icon="debug-stop"
            kind="terminate"
            label={`Terminate ${row.pid}${refusal === undefined ? "" : `: ${refusal}`}`}
            disabled={refusal !== undefined || ending || row.ended}
            tabIndex={tabStop ? 0 : -1}
            onClick={() => store.terminate(row.pid)}
          />
        </span>
      </td>
    </tr>
  );
}

/** Why this process cannot be ended by the reader; undefined where trying makes sense. */
function refusalOf({ user, mine }: ProcessRow, me: string | undefined): string | undefined {
  if (mine || me === undefined || me === "root" || user === undefined) return undefined;
  return `belongs to ${plainText(user, 40)}`;
}
