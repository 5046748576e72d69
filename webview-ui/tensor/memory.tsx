import type { PanelFailure } from "../../src/shared/tensorPanel";
import { plainText, share } from "../lib/format";
import { sizeText } from "./sizeText";
import { TensorTable } from "./tensorTable";

/** What the allocator told where memory ran out, and the largest tensors that were alive. */
export function Memory({ memory }: Pick<PanelFailure, "memory">) {
  if (!memory) return null;
  const { device, allocated, reserved, peak, free, total, largest } = memory;
  const facts: readonly (readonly [string, number | undefined])[] = [
    ["In tensors", allocated],
    ["Reserved by this process", reserved],
    ["Most at a time", peak],
    ["Free on the device", free],
    ["Of", total],
  ];
  const part = share(allocated, total);
  return (
    <section>
      <h2>Memory of {plainText(device, 40)}</h2>
      {part !== undefined && (
        <meter class="memory-meter" min={0} max={100} value={part} aria-label="Memory in tensors" />
      )}
      <dl class="memory">
        {facts.map(([word, bytes]) =>
          bytes === undefined ? null : (
            <div key={word}>
              <dt class="muted">{word}</dt>
              <dd>{sizeText(bytes)}</dd>
            </div>
          ),
        )}
      </dl>
      {largest.length > 0 && (
        <>
          <h3>Largest tensors</h3>
          <TensorTable tensors={largest} caption="Largest tensors that were alive" />
        </>
      )}
    </section>
  );
}
