import { quoted } from "../../words/say";
import type { GpuOutlook } from "./outlook";

/** The outlook in a plain sentence. `places`: how many GPUs could be its own; `unknown`: ids that this host does not have. */
export function outlookSentence(
  parts: Omit<GpuOutlook, "sentence">,
  places: number,
  atOnce: boolean,
  unknown: readonly string[],
): string {
  const { chosen, wanted, ahead, impossible } = parts;
  if (unknown.length > 0) return `There is no GPU ${and(unknown.map(quoted))}.`;
  if (impossible) return `The job needs ${gpus(wanted)}, and there ${places === 1 ? "is" : "are"} ${places} for it.`;
  const names = chosen.map(({ gpu, slice }) => (slice ? `${gpu.index} (slice ${slice.profile})` : String(gpu.index)));
  const subject = `GPU${names.length === 1 ? "" : "s"} ${and(names)}`;
  const [verb, them] = names.length === 1 ? ["is", "it"] : ["are", "them"];
  const having = whoHas(parts);
  if (atOnce)
    return having === "" ? `${subject} ${verb} free.` : `It starts at once on ${subject}, although ${having}.`;
  const first = ahead === 1 ? "1 job waits" : `${ahead} jobs wait`;
  if (chosen.length >= wanted) {
    if (ahead > 0) return `${subject} ${verb} free, but ${first} for ${them} first.`;
    const [only] = chosen;
    if (chosen.length > 1 || only?.freeMs === undefined) return `${subject} ${verb} free.`;
    return `${subject} has been free for ${minutes(only.freeMs)}.`;
  }
  const taken =
    chosen.length === 0
      ? places === 1
        ? "The only GPU is taken"
        : `All ${places} GPUs are taken`
      : `Of ${gpus(wanted)} that it needs ${chosen.length} ${verb} free`;
  return `${taken}${having === "" ? "" : `; ${having}`}${ahead === 0 ? "" : `; ${first} first`}.`;
}

const and = (words: readonly string[]): string => words.join(", ").replace(/, ([^,]*)$/, " and $1");

const gpus = (count: number): string => (count === 1 ? "1 GPU" : `${count} GPUs`);

function minutes(ms: number): string {
  const whole = Math.round(ms / 60_000);
  if (whole < 1) return "less than a minute";
  if (whole < 120) return whole === 1 ? "1 min" : `${whole} min`;
  return `${Math.round(whole / 60)} h`;
}

/** `alice has 5, bob has 3`: by the first of the users on each. */
function whoHas({ held }: Pick<GpuOutlook, "held">): string {
  const counts = new Map<string, number>();
  for (const { users, why } of held) {
    const who = users[0] === undefined ? (why === "broken" || why === "unknown" ? why : "somebody") : quoted(users[0]);
    counts.set(who, (counts.get(who) ?? 0) + 1);
  }
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .map(([who, count]) => {
      if (who === "broken") return `${count} cannot be used`;
      return who === "unknown" ? `${count} cannot be read` : `${who} has ${count}`;
    })
    .join(", ");
}
