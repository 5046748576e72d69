import { hasEnded } from "../../src/shared/jobs";
import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import { Explained } from "./explanation";
import type { Store } from "./store";

/** What one must know before anything else: why it died, what is wrong with its numbers, why nothing new comes. */
export function Notices({ store }: { store: Store }) {
  const panel = store.panel.value;
  if (!panel) return null;
  const { job, cause, explanation, problem, interrupted, brokenLoss } = panel;
  const leftovers = job?.leftovers ?? [];
  return (
    <>
      {cause && (
        <section class="notice cause" data-tone="error" aria-label="Cause of death">
          <Icon name="error" />
          <div>
            <h2>{plainText(explanation?.summary ?? cause.message, 400)}</h2>
            {explanation ? (
              <Explained store={store} explanation={explanation} />
            ) : (
              <>
                {cause.advice !== undefined && <p>{plainText(cause.advice, 600)}</p>}
                {cause.detail !== undefined && <pre class="foreign-block">{plainText(cause.detail, 1000)}</pre>}
              </>
            )}
            <div class="actions">
              {explanation?.location && (
                <button
                  type="button"
                  class="button"
                  title={plainText(explanation.location.file, 400)}
                  onClick={() => store.send("act", { action: "openFailedLine" })}
                >
                  Open {plainText(explanation.location.file.split("/").at(-1) ?? "", 40)}:{explanation.location.line}
                </button>
              )}
              {explanation && (
                <button
                  type="button"
                  class="button secondary"
                  onClick={() => store.send("act", { action: "showShapes" })}
                >
                  Show shapes
                </button>
              )}
              <button
                type="button"
                class="button secondary"
                onClick={() => store.send("act", { action: "runAgainWithChanges" })}
              >
                Run again with changes…
              </button>
            </div>
          </div>
        </section>
      )}
      {brokenLoss && (
        <p class="notice" data-tone="warning">
          <Icon name="warning" />
          <span>
            {plainText(brokenLoss.name, 60)} became {brokenLossWord(brokenLoss.value)}
            {brokenLoss.step !== undefined && ` at step ${brokenLoss.step}`}.
            {job && !hasEnded(job) && " What it learns from here on is most likely lost."}
          </span>
        </p>
      )}
      {leftovers.length > 0 && (
        <p class="notice" data-tone="warning">
          <Icon name="warning" />
          <span>
            {leftovers.length === 1 ? "A process" : `${leftovers.length} processes`} could not be stopped:{" "}
            {leftovers.join(", ")}.
          </span>
        </p>
      )}
      {job?.logIncomplete && (
        <p class="notice" data-tone="warning">
          <Icon name="warning" />
          <span>The host’s disk was full for a while: parts of the output are missing.</span>
        </p>
      )}
      {problem && (
        <p class="notice" data-tone="warning">
          <Icon name="debug-disconnect" />
          <span>{plainText(problem.message, 400)} What is shown is what was last known.</span>
          <button type="button" class="button secondary" onClick={() => store.send("act", { action: "retry" })}>
            Try again
          </button>
        </p>
      )}
      {interrupted && !problem && (
        <p class="notice" data-tone="progress">
          <Icon name="debug-disconnect" />
          <span>Following was interrupted and goes on by itself. {plainText(interrupted.message, 300)}</span>
        </p>
      )}
    </>
  );
}

function brokenLossWord(value: number | string): string {
  return value === "NaN" ? "NaN (not a number)" : "infinite";
}
