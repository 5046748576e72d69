import { useComputed } from "@preact/signals";
import type { Gpu } from "../../src/shared/gpu";
import { celsius, megahertz, percent, plainText, UNKNOWN } from "../lib/format";
import { IconButton } from "../lib/icon";
import { Value } from "../lib/value";
import type { PageProps } from "./app";
import { windowOf } from "./chartData";
import { ChartTable } from "./chartTable";
import { GpuCharts } from "./gpuCharts";
import { whyUnknown } from "./model";
import { selectedGpu } from "./store";
import { Throttle } from "./throttle";
import { RANGES } from "./view";

/** The selected GPU over time: beside the list in a wide page, inside its row in a narrow one. */
export function GpuDetail({ store, palette, wide }: PageProps) {
  const { view } = store;
  const id = selectedGpu(store) ?? "";
  // Charts end now: when readings stop, what is known moves away from the edge.
  const until = useComputed(() => (store.sampledAt.value ?? 0) + 1000 * (store.staleSeconds.value ?? 0));
  const window = useComputed(() => {
    store.tick.value;
    const gpu = store.card(selectedGpu(store) ?? "").value?.gpu;
    return gpu && windowOf(store.history(), gpu, until.value, view.rangeMinutes.value, store.panel.value?.me);
  });
  const card = store.card(id).value;
  if (!card) return null;
  const { index } = card;
  const me = store.panel.value?.me;
  const asTable = view.chartsAsTable.value;
  return (
    <section class="detail" aria-label={`GPU ${index} over time`}>
      <div class="section-head">
        {wide && (
          <h2>
            GPU {index} <span class="section-count">{plainText(card.name ?? "", 60)}</span>
          </h2>
        )}
        <fieldset class="segments">
          <legend class="visually-hidden">Range</legend>
          {RANGES.map((minutes) => (
            <label key={minutes} class="segment">
              <input
                type="radio"
                name="range"
                checked={view.rangeMinutes.value === minutes}
                onChange={() => {
                  view.rangeMinutes.value = minutes;
                }}
              />
              <span>{minutes} min</span>
            </label>
          ))}
        </fieldset>
        <IconButton
          icon="table"
          label="Show as table"
          pressed={asTable}
          onClick={() => {
            view.chartsAsTable.value = !asTable;
          }}
        />
      </div>
      {card.gpu && <Facts gpu={card.gpu} why={whyUnknown(card)} />}
      {asTable ? (
        window.value && <ChartTable window={window.value} minutes={view.rangeMinutes.value} me={me} />
      ) : (
        <GpuCharts key={id} window={window} card={store.card(id)} me={me} palette={palette} />
      )}
    </section>
  );
}

/** What rarely changes about a GPU, in a line of names and values. */
function Facts({ gpu, why }: { gpu: Gpu; why: string }) {
  const facts: [string, string | undefined][] = [
    ["Clock", outOf(gpu.clockMhz, gpu.clockMaxMhz)],
    ["Memory clock", gpu.memoryClockMhz === undefined ? undefined : megahertz(gpu.memoryClockMhz)],
    ["State", gpu.performanceState && plainText(gpu.performanceState, 20)],
    [
      "Memory temperature",
      gpu.memoryTemperatureCelsius === undefined ? undefined : celsius(gpu.memoryTemperatureCelsius),
    ],
    ["ECC errors", gpu.eccUncorrected === undefined ? undefined : String(gpu.eccUncorrected)],
    ["PCIe", linkOf(gpu)],
    ["Bus", gpu.busId && plainText(gpu.busId, 20)],
  ];
  // Most data-centre cards have no fan of their own; a dash would look like a fault.
  if (gpu.fanPercent !== undefined) facts.splice(4, 0, ["Fan", percent(gpu.fanPercent)]);
  if (gpu.unifiedMemory) facts.unshift(["Memory", "shared with the CPU"]);
  return (
    <dl class="facts">
      {facts.map(([name, text]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <Value text={text || UNKNOWN} why={why} />
          </dd>
        </div>
      ))}
      <div>
        <dt>Clocks held down by</dt>
        <dd>
          {gpu.throttleReasons?.length ? (
            <Throttle reasons={gpu.throttleReasons} />
          ) : (
            <Value text={gpu.throttleReasons ? "nothing" : UNKNOWN} why={why} />
          )}
        </dd>
      </div>
    </dl>
  );
}

function outOf(clock: number | undefined, highest: number | undefined): string | undefined {
  if (clock === undefined) return undefined;
  return highest === undefined ? megahertz(clock) : `${clock} / ${megahertz(highest)}`;
}

/** `gen 5 ×16`; what the link could do is added where it does less. */
function linkOf({ pcie }: Gpu): string | undefined {
  if (pcie?.generation === undefined || pcie.width === undefined) return undefined;
  const now = `gen ${pcie.generation} ×${pcie.width}`;
  const narrower = pcie.maxWidth !== undefined && pcie.width < pcie.maxWidth;
  return narrower ? `${now} of ×${pcie.maxWidth}` : now;
}
