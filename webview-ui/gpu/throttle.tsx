import type { ThrottleReason } from "../../src/shared/gpu";
import { Icon } from "../lib/icon";

const ICONS: Readonly<Record<ThrottleReason, string>> = {
  "power cap": "zap",
  thermal: "flame",
  "hardware slowdown": "warning",
  "power brake": "warning",
  "applications clocks": "lock-small",
  "sync boost": "lock-small",
  "display clocks": "lock-small",
};

/** Why the clocks are held down; nothing where they are not. */
export function Throttle({ reasons }: { reasons: readonly ThrottleReason[] | undefined }) {
  const [first, ...more] = reasons ?? [];
  if (!first) return null;
  const all = [first, ...more].join(", ");
  const strong = first === "hardware slowdown" || first === "power brake" || first === "thermal";
  return (
    <span class="throttle" data-strong={strong} title={`Clocks are held down: ${all}`}>
      <Icon name={ICONS[first]} />
      <span>
        {first}
        {more.length > 0 && ` +${more.length}`}
      </span>
    </span>
  );
}
