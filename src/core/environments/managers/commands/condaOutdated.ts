import * as v from "valibot";
import { firstJson } from "./firstJson";

const Record = v.object({ name: v.string(), version: v.string() });
const Actions = v.object({
  LINK: v.optional(v.array(v.unknown()), []),
  UNLINK: v.optional(v.array(v.unknown()), []),
});
const Answer = v.object({ actions: v.optional(v.union([Actions, v.array(Actions)])) });

/**
 * Reads `update --all --dry-run --json` of conda, mamba and micromamba: what would be unlinked and what linked in its
 * place. An answer without `actions` says that nothing would change.
 */
export function parseOutdated(stdout: string): readonly { name: string; version: string; latest: string }[] {
  const answer = v.safeParse(Answer, firstJson(stdout));
  if (!answer.success || answer.output.actions === undefined) return [];
  const actions = [answer.output.actions].flat();
  const installed = new Map(
    records(actions.flatMap(({ UNLINK }) => UNLINK)).map(({ name, version }) => [name, version]),
  );
  return records(actions.flatMap(({ LINK }) => LINK)).flatMap(({ name, version: latest }) => {
    const version = installed.get(name);
    return version === undefined || version === latest ? [] : [{ name, version, latest }];
  });
}

const records = (found: readonly unknown[]): readonly v.InferOutput<typeof Record>[] =>
  found.flatMap((record) => {
    const read = v.safeParse(Record, record);
    return read.success ? [read.output] : [];
  });
