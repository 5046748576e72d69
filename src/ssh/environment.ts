import type { ClientFacts } from "../core/ports";
import type { OptionValues } from "./hostOptions";
import { matchesGlob } from "./patterns";

/** Variables for the programs on a host: what `SendEnv` names of the client's own, and `SetEnv`, which wins. */
export function configuredEnvironment(values: OptionValues, client: ClientFacts): Record<string, string> {
  const patterns = values.get("sendenv") ?? [];
  const sent = Object.entries(client.env).filter(([name]) => patterns.some((pattern) => matchesGlob(pattern, name)));
  const set = (values.get("setenv") ?? []).map((word): [string, string] => {
    const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(word) ?? [];
    return [name, value];
  });
  return Object.fromEntries(
    [...sent, ...set].filter((entry): entry is [string, string] => Boolean(entry[0]) && entry[1] !== undefined),
  );
}
