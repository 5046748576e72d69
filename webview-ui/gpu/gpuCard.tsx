import type { Gpu } from "../../src/shared/gpu";
import { celsius, megahertz, memoryPair, percent, plainText, powerPair, shortGpuName } from "../lib/format";
import { Value } from "../lib/value";
import type { PageProps } from "./app";
import { GpuDetail } from "./gpuDetail";
import { MemoryBar } from "./memoryBar";
import { type Card, type Slice, whyUnknown } from "./model";
import { Sparkline } from "./sparkline";
import { Throttle } from "./throttle";
import { GpuWarnings } from "./warnings";
import { namesOf, Who, whoOf } from "./who";

interface Props extends PageProps {
  readonly id: string;
  readonly selected: boolean;
  /** Whether Tab stops here; the arrow keys reach the others. */
  readonly tabStop: boolean;
}

/** One GPU: memory first, then who, then how busy. */
export function GpuCard(props: Props) {
  const { store, id, selected, wide } = props;
  const card = store.card(id).value;
  if (!card) return null;
  const { gpu, index } = card;
  const name = card.name === undefined ? "GPU" : shortGpuName(card.name);
  const label = card.gpu?.mig?.enabled ? `${name.replace(/ \d+GB$/i, "")} MIG` : name;
  const memory = memoryPair(gpu?.memoryUsedBytes, gpu?.memoryTotalBytes);
  return (
    <li class="gpu" data-gpu={id} data-selected={selected} data-occupancy={card.occupancy}>
      <div class="gpu-row">
        <h3 class="gpu-title">
          <button
            type="button"
            class="gpu-pick"
            tabIndex={props.tabStop ? 0 : -1}
            aria-label={`GPU ${index}, ${label}, ${whoOf(card)}, ${memory}`}
            aria-expanded={wide ? undefined : selected}
            aria-current={wide ? selected : undefined}
          >
            <span class="gpu-index">{index}</span>
            <span class="gpu-name" title={plainText(card.name ?? "")}>
              {label}
            </span>
          </button>
        </h3>
        <Who card={card} />
        <MemoryBar used={gpu?.memoryUsedBytes} total={gpu?.memoryTotalBytes} />
        <Value text={memory} why={whyUnknown(card)} name="gpu-memory" />
      </div>
      {gpu && card.occupancy !== "asleep" && card.occupancy !== "sick" && <Activity {...props} card={card} gpu={gpu} />}
      {card.slices.map((slice) => (
        <SliceRow key={slice.id} slice={slice} />
      ))}
      <GpuWarnings warnings={card.warnings} told={card.cause} />
      {selected && !wide && gpu && <GpuDetail {...props} />}
    </li>
  );
}

function Activity({ store, palette, card, gpu }: PageProps & { card: Card; gpu: Gpu }) {
  const why = whyUnknown(card);
  return (
    <div class="gpu-activity">
      <Sparkline store={store} palette={palette} gpu={gpu} />
      <Value text={percent(gpu.utilizationPercent)} why={whyUnknown(card, "utilization")} name="gpu-utilization" />
      <Value text={powerPair(gpu.powerWatts, gpu.powerLimitWatts)} why={why} name="gpu-power" />
      <Value text={celsius(gpu.temperatureCelsius)} why={why} name="gpu-temperature" />
      <span class="gpu-clocks">
        <Value text={megahertz(gpu.clockMhz)} why={why} />
        {gpu.performanceState !== undefined && <span>{plainText(gpu.performanceState, 8)}</span>}
        {gpu.fanPercent !== undefined && <span>fan {percent(gpu.fanPercent)}</span>}
      </span>
      <Throttle reasons={gpu.throttleReasons} />
    </div>
  );
}

/** A MIG instance: its profile, its users, its memory. */
function SliceRow({ slice }: { slice: Slice }) {
  return (
    <div class="slice">
      <span class="slice-profile" title={`MIG instance ${plainText(slice.id, 20)}`}>
        {plainText(slice.profile, 20)}
      </span>
      <span class="who" data-occupancy={slice.users.length > 0 ? "busy" : "free"} title={namesOf(slice.users)}>
        <span class="who-names">{namesOf(slice.users) || "free"}</span>
      </span>
      <MemoryBar used={slice.memoryUsedBytes} total={slice.memoryTotalBytes} />
      <Value
        text={memoryPair(slice.memoryUsedBytes, slice.memoryTotalBytes)}
        why="not reported for this instance"
        name="gpu-memory"
      />
    </div>
  );
}
