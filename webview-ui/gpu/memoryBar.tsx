import { share } from "../lib/format";

/** Quarter of the load ramp: 1 is nearly nothing, 4 nearly full. */
function step(percent: number): 1 | 2 | 3 | 4 {
  if (percent < 25) return 1;
  if (percent < 60) return 2;
  return percent < 90 ? 3 : 4;
}

/** Used memory as a bar; the figures beside it say the same in text. Hatched where nothing is known. */
export function MemoryBar({ used, total }: { used: number | undefined; total: number | undefined }) {
  const percent = share(used, total);
  if (percent === undefined) return <div class="bar" data-unknown="true" aria-hidden="true" />;
  return (
    <div class="bar" aria-hidden="true">
      <div class={`bar-fill load-${step(percent)}`} style={{ width: `${percent.toFixed(1)}%` }} />
    </div>
  );
}
