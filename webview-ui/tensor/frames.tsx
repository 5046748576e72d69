import type { PanelFailure, PanelFrame } from "../../src/shared/tensorPanel";
import { plainText } from "../lib/format";
import { codeText } from "./codeText";
import { PlaceLink } from "./placeLink";
import type { Store } from "./store";
import { TensorTable } from "./tensorTable";

/** The frames with their tensors, the innermost first: the user's own are there to be opened, those of libraries are folded. */
export function Frames({ store, failure }: { store: Store; failure: PanelFailure }) {
  const { frames, id } = failure;
  if (frames.length === 0) return null;
  const own = frames.filter(({ isUser }) => isUser);
  const others = frames.filter(({ isUser }) => !isUser);
  return (
    <section>
      <h2>Tensors on the way</h2>
      {own.map((frame, at) => (
        <Frame key={`${at}`} store={store} id={id} frame={frame} isOpen={at === 0} />
      ))}
      {others.length > 0 && (
        <details>
          <summary>
            {others.length} {others.length === 1 ? "frame" : "frames"} of libraries
          </summary>
          {others.map((frame, at) => (
            <Frame key={`${at}`} store={store} id={id} frame={frame} isOpen={false} />
          ))}
        </details>
      )}
    </section>
  );
}

function Frame({ store, id, frame, isOpen }: { store: Store; id: number; frame: PanelFrame; isOpen: boolean }) {
  const { tensors, source } = frame;
  const title = (
    <>
      <code class="foreign">{plainText(frame.function, 80)}</code>
      <PlaceLink store={store} failure={id} place={frame.place} />
      <span class="muted">
        {tensors.length === 0 ? "no tensors" : `${tensors.length} ${tensors.length === 1 ? "tensor" : "tensors"}`}
      </span>
    </>
  );
  const body = (
    <>
      {source !== undefined && (
        <pre class="source">
          <code>{codeText(source)}</code>
        </pre>
      )}
      {tensors.length > 0 && <TensorTable tensors={tensors} caption={`Tensors of ${plainText(frame.function, 80)}`} />}
    </>
  );
  return (
    <details class="frame" open={isOpen}>
      <summary>{title}</summary>
      {body}
    </details>
  );
}
