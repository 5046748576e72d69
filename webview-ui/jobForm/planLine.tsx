import { Icon, IconButton } from "../lib/icon";
import type { FormStore } from "./store";

/** What would happen: one line, what to know before, and the exact script. */
export function PlanLine({ store }: { store: FormStore }) {
  const { isOld, outcome } = store.plan.value;
  const wrong = Object.keys(store.errors.value).length;
  return (
    <section class="plan" aria-label="Plan" aria-busy={isOld} data-old={isOld}>
      <div class="plan-line">
        <span class="plan-word">Plan:</span>
        <span class="plan-text" role="status" aria-live="polite">
          {said(store)}
        </span>
      </div>
      {outcome?.kind === "planned" && wrong === 0 && (
        <>
          {outcome.cautions.map((caution) => (
            <p class="caution" key={caution}>
              <Icon name="warning" />
              <span class="foreign-lines">{caution}</span>
            </p>
          ))}
          {outcome.missingSecrets.map((name) => (
            <p class="caution" key={name}>
              <Icon name="key" />
              <span class="foreign-lines">
                The value of {name} is not known here.{" "}
                <button type="button" class="link" onClick={() => store.enterSecret(name)}>
                  Enter {name}…
                </button>
              </span>
            </p>
          ))}
          <details class="script">
            <summary>script</summary>
            <Copied store={store} title="Command" text={outcome.command} />
            <Copied store={store} title="Script on the host" text={outcome.script} />
          </details>
        </>
      )}
    </section>
  );
}

function said(store: FormStore): string {
  const { isOld, outcome } = store.plan.value;
  const wrong = Object.values(store.errors.value);
  if (wrong.length > 0) return wrong.length === 1 ? "one field needs you" : `${wrong.length} fields need you`;
  if (outcome?.kind === "planned") return outcome.summary;
  if (outcome?.kind === "failed" && !isOld) return outcome.problem.message;
  return "working it out…";
}

function Copied({ store, title, text }: { store: FormStore; title: string; text: string }) {
  return (
    <figure class="copied">
      <figcaption>
        {title}
        <IconButton icon="copy" label={`Copy: ${title.toLowerCase()}`} onClick={() => store.copy(text)} />
      </figcaption>
      <section class="scroller" aria-label={title}>
        <pre>{text}</pre>
      </section>
    </figure>
  );
}
