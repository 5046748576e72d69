import type { PanelFailure } from "../../src/shared/tensorPanel";
import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";

type Layer = PanelFailure["layers"][number];

const MOST_SIBLINGS = 8;

/** The way from the model down to the layer that failed, with the layers beside that. */
export function Layers({ layers, siblings }: Pick<PanelFailure, "layers" | "siblings">) {
  if (layers.length === 0) return null;
  return (
    <section>
      <h2>Where in the model</h2>
      <ul class="layers">
        {layers.map((layer, depth) => (
          <Row key={layer.path} layer={layer} depth={depth} isFailed={depth === layers.length - 1} />
        ))}
        {siblings.slice(0, MOST_SIBLINGS).map((layer) => (
          <Row key={layer.path} layer={layer} depth={layers.length - 1} isFailed={false} isBeside />
        ))}
        {siblings.length > MOST_SIBLINGS && (
          <li class="muted" style={{ paddingInlineStart: indent(layers.length - 1) }}>
            and {siblings.length - MOST_SIBLINGS} more layers beside it
          </li>
        )}
      </ul>
    </section>
  );
}

const indent = (depth: number) => `${Math.min(depth, 10) * 16}px`;

interface RowProps {
  readonly layer: Layer;
  readonly depth: number;
  readonly isFailed: boolean;
  readonly isBeside?: boolean;
}

function Row({ layer, depth, isFailed, isBeside = false }: RowProps) {
  const { path, type, sizes } = layer;
  const name = path.split(".").at(-1) ?? "";
  return (
    <li class="layer" data-failed={isFailed} data-beside={isBeside} style={{ paddingInlineStart: indent(depth) }}>
      <Icon name={isFailed ? "error" : isBeside ? "circle-outline" : "chevron-down"} />
      {name !== "" && <code class="foreign">{plainText(name, 80)}</code>}
      {isFailed && <span class="layer-word">failed here</span>}
      <span class="foreign-lines">
        {plainText(type, 80)}
        {sizes !== undefined && <span class="muted">({plainText(sizes, 160)})</span>}
      </span>
    </li>
  );
}
