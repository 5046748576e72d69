import * as v from "valibot";
import { boundedText } from "../../../boundedText";
import { Failure } from "../../../failure";
import { firstJson } from "./firstJson";
import { maskSecrets } from "./maskSecrets";

const Record = v.object({ name: v.string(), version: v.string() });
const Actions = v.object({
  LINK: v.optional(v.array(v.unknown()), []),
  UNLINK: v.optional(v.array(v.unknown()), []),
});
const Answer = v.object({ success: v.literal(true), actions: v.optional(v.union([v.array(Actions), Actions])) });

/**
 * Reads `update --all --dry-run --json` of conda, mamba and micromamba: what would be unlinked and what linked in its
 * place. An answer without `actions` says that nothing would change.
 * @throws Failure `unreadable`
 */
export function parseOutdated(stdout: string): readonly { name: string; version: string; latest: string }[] {
  const answer = v.safeParse(Answer, firstJson(stdout));
  if (!answer.success) {
    const detail = boundedText(maskSecrets(stdout));
    throw new Failure({ reason: "unreadable", what: "the list of newer versions", detail });
  }
  if (answer.output.actions === undefined) return [];
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
