import { celsius, megahertz, memoryPair, percent, plainText, powerPair, shortGpuName, UNKNOWN } from "../lib/format";
import { Value } from "../lib/value";
import { type Card, whyUnknown } from "./model";
import type { Store } from "./store";
import { namesOf, whoOf } from "./who";

const COLUMNS: readonly [string, numeric?: boolean][] = [
  ["GPU"],
  ["Name"],
  ["Memory", true],
  ["Who"],
  ["Busy", true],
  ["Power", true],
  ["Temperature", true],
  ["Clock", true],
  ["State"],
  ["Held down by"],
  ["Fan", true],
  ["ECC errors", true],
  ["Warnings"],
];

/** Every GPU and MIG instance of the host with everything known about it. */
export function GpuTable({ store }: { store: Store }) {
  return (
    <section class="scroller" aria-label="All GPUs">
      <table class="table gpu-table">
        <thead>
          <tr>
            {COLUMNS.map(([title, numeric]) => (
              <th key={title} scope="col" data-numeric={numeric}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        {store.gpus.value.map((id) => (
          <GpuRows key={id} store={store} id={id} />
        ))}
      </table>
    </section>
  );
}

function GpuRows({ store, id }: { store: Store; id: string }) {
  const card = store.card(id).value;
  if (!card) return null;
  const { gpu, index } = card;
  const why = whyUnknown(card);
  return (
    <tbody>
      <tr>
        <th scope="row">{index}</th>
        <td title={plainText(card.name ?? "")}>{card.name === undefined ? UNKNOWN : shortGpuName(card.name)}</td>
        <Figure text={memoryPair(gpu?.memoryUsedBytes, gpu?.memoryTotalBytes)} why={why} />
        <td>{whoOf(card)}</td>
        <Figure text={percent(gpu?.utilizationPercent)} why={whyUnknown(card, "utilization")} />
        <Figure text={powerPair(gpu?.powerWatts, gpu?.powerLimitWatts)} why={why} />
        <Figure text={celsius(gpu?.temperatureCelsius)} why={why} />
        <Figure text={megahertz(gpu?.clockMhz)} why={why} />
        <td>
          <Value text={plainText(gpu?.performanceState ?? UNKNOWN, 20)} why={why} />
        </td>
        <td>
          <Value text={heldDown(card)} why={why} />
        </td>
        <Figure text={percent(gpu?.fanPercent)} why="not reported: the card may have no fan of its own" />
        <Figure text={gpu?.eccUncorrected === undefined ? UNKNOWN : String(gpu.eccUncorrected)} why={why} />
        <td>{card.warnings.map((warning) => plainText(warning.message)).join(" ")}</td>
      </tr>
      {card.slices.map((slice) => (
        <tr key={slice.id}>
          <th scope="row">
            {index}:{plainText(slice.id, 20)}
          </th>
          <td>{plainText(slice.profile, 20)}</td>
          <Figure
            text={memoryPair(slice.memoryUsedBytes, slice.memoryTotalBytes)}
            why="not reported for this instance"
          />
          <td>{namesOf(slice.users) || "free"}</td>
          <td colSpan={COLUMNS.length - 4} />
        </tr>
      ))}
    </tbody>
  );
}

function heldDown({ gpu }: Card): string {
  if (!gpu?.throttleReasons) return UNKNOWN;
  return gpu.throttleReasons.join(", ") || "nothing";
}

function Figure({ text, why }: { text: string; why: string }) {
  return (
    <td data-numeric="true">
      <Value text={text} why={why} />
    </td>
  );
}
