import type { RunRecord } from "../../../shared/tensors";
import type { RunReading } from "../hook";

/** Picks what the command that has just ended left, each failure once. */
export interface FreshRecords {
  /** @param ageMs how long ago the command began */
  take(reading: RunReading, ageMs: number): readonly RunRecord[];
}

/** Failures that are remembered as told; a folder holds fewer. */
const MOST = 4096;
/** Both clocks are of the same host, but one is read in whole seconds. */
const slackMs = 2_000;

export function createFreshRecords(): FreshRecords {
  const told = new Set<string>();
  return {
    take({ records, now }, ageMs) {
      const begun = Date.parse(now) - ageMs - slackMs;
      const fresh = records.flatMap((record) => {
        const failures = record.failures.filter(({ at, origin }, index) => {
          const key = `${record.pid} ${index} ${origin} ${at}`;
          if (told.has(key)) return false;
          told.add(key);
          // Where a time cannot be read the failure counts as new.
          return !(Date.parse(at) < begun);
        });
        return failures.length === 0 ? [] : [{ ...record, failures }];
      });
      for (const key of told) {
        if (told.size <= MOST) break;
        told.delete(key);
      }
      return fresh;
    },
  };
}
