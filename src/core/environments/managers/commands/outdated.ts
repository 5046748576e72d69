import * as v from "valibot";
import { Failure } from "../../../failure";

const packages = v.array(v.object({ name: v.string(), version: v.string(), latest_version: v.string() }));

/**
 * Reads `pip list --outdated --format=json`, which uv prints in the same way; warnings may stand around it.
 * @throws Failure `unreadable`
 */
export function parseOutdated(stdout: string): readonly { name: string; version: string; latest: string }[] {
  const line = stdout.split("\n").find((text) => text.startsWith("["));
  const unreadable = () =>
    new Failure({ reason: "unreadable", what: "the list of newer versions", detail: stdout.slice(0, 200) });
  if (line === undefined) throw unreadable();
  try {
    return v.parse(packages, JSON.parse(line)).map(({ latest_version: latest, ...rest }) => ({ ...rest, latest }));
  } catch {
    throw unreadable();
  }
}
