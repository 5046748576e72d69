import type { PanelFailure, TensorPanelState } from "../../src/shared/tensorPanel";
import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import { Fixes } from "../lib/shapes/fixes";
import { OperandBoxes } from "../lib/shapes/operandBoxes";
import { codeText } from "./codeText";
import { Empty, HookSilent, Unexplained } from "./emptyStates";
import { Frames } from "./frames";
import { Layers } from "./layers";
import { Memory } from "./memory";
import { Causes, Others } from "./more";
import { PlaceLink } from "./placeLink";
import type { Store } from "./store";

interface Props {
  readonly store: Store;
  readonly state: TensorPanelState;
  readonly onKey: (event: KeyboardEvent) => void;
}

/** What failed, why, and what to do: the panel itself takes the focus, so that the keys scroll it. */
export function ShapePanel({ store, state, onKey }: Props) {
  const { shapes } = state;
  return (
    <section class="shapes" aria-label="Shapes" tabIndex={-1} onKeyDown={onKey}>
      {shapes.kind === "empty" && <Empty store={store} hasTerminal={state.hasTerminal} />}
      {shapes.kind === "unexplained" && <Unexplained isHookSilent={shapes.isHookSilent} />}
      {shapes.kind === "failure" && <Failure store={store} failure={shapes.failure} again={state.again} />}
    </section>
  );
}

/** Below it an explanation is a guess. */
const SURE = 0.5;

function Failure({ store, failure, again }: { store: Store; failure: PanelFailure; again: string | undefined }) {
  const { id, location, rank } = failure;
  return (
    <article class="failure" data-over={failure.isOver}>
      {failure.isOver && (
        <p class="notice" data-tone="ok">
          <Icon name="pass" />
          <span>The last command succeeded. This is the failure before it.</span>
        </p>
      )}
      <header>
        <p class="failure-place muted">
          <Icon name="error" />
          {location && <PlaceLink store={store} failure={id} place={location} />}
          {rank !== undefined && <span>rank {rank}</span>}
          {failure.confidence < SURE && <span class="tag">a guess</span>}
          {failure.from === "text" && (
            <span class="tag" title="Made of what the program printed: values and layers are not known.">
              from its output
            </span>
          )}
        </p>
        <h1>{plainText(failure.summary, 600)}</h1>
        {failure.expression !== undefined && (
          <pre class="expression">
            <code>{codeText(failure.expression)}</code>
          </pre>
        )}
        <div class="actions">
          {location && (
            <button type="button" class="button" onClick={() => store.send("openPlace", { id, place: location })}>
              Open at line {location.line}
            </button>
          )}
          {again !== undefined && (
            <button
              type="button"
              class="button secondary"
              title={`Types "${plainText(again, 200)}" into the terminal`}
              onClick={() => store.send("runAgain")}
            >
              Run again <code class="again foreign">{plainText(again, 40)}</code>
            </button>
          )}
        </div>
      </header>
      <section>
        <OperandBoxes operands={failure.operands} />
        <p class="rule">{plainText(failure.rule, 600)}</p>
      </section>
      {failure.fixes.length > 0 && (
        <section>
          <h2>What to do</h2>
          <Fixes
            fixes={failure.fixes}
            copy={(text) => store.send("copy", { text })}
            apply={(fix) => store.send("applyFix", { id, fix })}
          />
        </section>
      )}
      <Memory memory={failure.memory} />
      <Layers layers={failure.layers} siblings={failure.siblings} />
      <Frames store={store} failure={failure} />
      <Causes exceptions={failure.exceptions} message={failure.message} />
      <Others others={failure.others} />
      {failure.isHookSilent && <HookSilent />}
      {failure.facts.length > 0 && (
        <footer class="muted foreign-lines">{failure.facts.map((fact) => plainText(fact, 200)).join(" · ")}</footer>
      )}
    </article>
  );
}
