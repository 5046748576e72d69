import type { PanelFailure } from "../../src/shared/tensorPanel";
import { plainText } from "../lib/format";
import { codeText } from "./codeText";

/** What was raised, in the framework's own words: one after the other where one led to the next. */
export function Causes({ exceptions, message }: Pick<PanelFailure, "exceptions" | "message">) {
  if (message === "" && exceptions.length === 0) return null;
  const chain = exceptions.length > 0 ? exceptions : [{ type: "", message, notes: [] }];
  return (
    <details>
      <summary>
        {chain.length > 1 ? `${chain.length} exceptions, the first cause first` : "In the framework's own words"}
      </summary>
      <ol class="causes">
        {chain.map(({ type, message: text, notes }, at) => (
          <li key={`${at}`}>
            {type !== "" && <strong class="foreign">{plainText(type, 200)}</strong>}
            <pre class="source">{[text, ...notes].map(codeText).join("\n")}</pre>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** Ranks and processes that failed, too. */
export function Others({ others }: Pick<PanelFailure, "others">) {
  if (others.length === 0) return null;
  return (
    <details>
      <summary>
        {others.length} {others.length === 1 ? "other process" : "other processes"} failed, too
      </summary>
      <ul class="others">
        {others.map(({ who, message }) => (
          <li key={who}>
            <strong>{plainText(who, 60)}</strong> <span class="foreign-lines">{plainText(message, 300)}</span>
          </li>
        ))}
      </ul>
    </details>
  );
}
