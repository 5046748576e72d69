/** How far a line says that something is. */
export interface Steps {
  /** What goes on, as the program calls it: the text before a bar. */
  readonly label?: string;
  readonly done: number;
  readonly total: number;
  /** What the program itself expects. */
  readonly etaSeconds?: number;
  /** Steps a second. */
  readonly rate?: number;
  /** The loop around it, told in the same line: `Epoch 3/10` before a bar has done 2 of 10. */
  readonly outer?: { readonly done: number; readonly total: number };
  /** `bar`: rewritten while it goes on; `counter`: a line for each step; `heading`: step `done + 1` begins. */
  readonly kind: "bar" | "counter" | "heading";
}

const number = String.raw`(\d+(?:[.,]\d+)?)([kKMGT]?)i?B?`;

/**
 * tqdm (4.x; `{l_bar}{bar}{r_bar}` of its default `bar_format`, ASCII or blocks), and what prints through it: Lightning's
 * TQDMProgressBar (`Epoch 3:  45%|… v_num=0, loss=0.1`), HF Trainer and datasets, ultralytics (`3/10 2.35G …: 45%|…`),
 * huggingface_hub's bytes (`1.20G/4.98G [00:12<00:38, 98.1MB/s]`). `?` where it knows nothing yet.
 */
const tqdm = new RegExp(
  String.raw`^(.*?)(?:\s|^)\d{1,3}%\|.{0,400}?\|\s*${number}/${number}\s\[[\d:]+(?:\sdays?,?\s[\d:]+)?<([^,\]]{1,30}),\s+([^,\]]{1,30})[,\]]`,
);

/** Keras: `450/1000 [====>….] - ETA: 12s - loss: …` (2.x) and `450/1000 ━━━━━━━━ 12s 27ms/step - …` (3.x). */
const keras =
  /^\s*(\d+)\/(\d+) (?:\[[=>.]+\]|[━\u2500-\u257f]+)(?: - ETA: ([\d:hms ]+)| ([\d:hms]+) [\d.]+[mun]?s\/step)?/;

/** Lightning's RichProgressBar (2.x): `Epoch 3/9 ━━━━━ 450/1000 0:00:12 • 0:00:15 36.50it/s …`. */
const rich = /^(.{0,200}?)\s[━╸╺ ]{4,400}\s(\d+)\/(\d+)\s[\d:]+ • ([\d:]+|-:--:--) ([\d.]+)it\/s/;

/** `Epoch 3/10`, `Epoch: [3/10]`, `epoch 3 of 10`. */
const epochOf = /\bepochs?\b[\s:#=]*\[?\s*(\d+)\s*(?:\/|of)\s*(\d+)/i;

/** torchvision, timm, OpenMMLab, the ImageNet example: `Epoch: [3]  [ 450/1000]  eta: 0:12:34`, `Train: 3 [ 450/1000 ( 45%)]`. */
const bracketed = /(?:^|[\s\])])\[\s*(\d+)\s*\/\s*(\d+)\s*(?:\(\s*\d+(?:\.\d+)?%\s*\))?\]/;

/** `step 450/1000`, `iteration   450/  1000 |` (Megatron-LM), `batch: 450 / 1000`, `Iter [450/1000]`. */
const named =
  /\b((?:global[_ ])?step|iter(?:ation)?|batch|sample|trial|round|episode|file|frame|example|fold|task)s?\b[\s:#=]*\[?\s*(\d+)\s*(?:\/|of)\s*(\d+)/i;

const percent = /\b(?:progress|completed?|done)\b\D{0,3}(\d{1,3}(?:\.\d+)?)\s?%/i;

const eta = /\beta:?\s+((?:\d+ days?, )?[\d:]+)/i;

/** Characters of a line that are looked at: no bar is longer, and hostile ones shall cost nothing. */
const LONGEST = 1000;

/** Reads a line that may not be whole: only what a bar says before its end. */
export function readBar(line: string): Steps | undefined {
  if (!line.includes("|")) return undefined;
  const match = tqdm.exec(line.slice(0, LONGEST));
  if (!match) return undefined;
  const [, label = "", done = "", doneUnit = "", total = "", totalUnit = "", left = "", pace = ""] = match;
  const etaSeconds = clockSeconds(left);
  const rate = paceOf(pace);
  return steps("bar", label, amount(done, doneUnit), amount(total, totalUnit), {
    ...(etaSeconds === undefined ? {} : { etaSeconds }),
    ...(rate === undefined ? {} : { rate }),
  });
}

/** What a whole line says about progress. */
export function readSteps(whole: string): Steps | undefined {
  const line = whole.slice(0, LONGEST);
  const bar = readBar(line);
  if (bar) return bar;
  if (line.includes("%") && !line.includes("/")) {
    const match = percent.exec(line);
    if (match) return steps("counter", "", Number(match[1]), 100, {});
  }
  if (!/\d\s*(?:\/|of)\s*\d/.test(line)) return undefined;
  return readKeras(line) ?? readRich(line) ?? readCounter(line);
}

function readKeras(line: string): Steps | undefined {
  const match = keras.exec(line);
  if (!match) return undefined;
  const etaSeconds = clockSeconds(match[3] ?? match[4] ?? "");
  const [done, total] = [Number(match[1]), Number(match[2])];
  // At the end Keras prints the time that it took in place of the time that is left.
  return steps("bar", "", done, total, done === total || etaSeconds === undefined ? {} : { etaSeconds });
}

function readRich(line: string): Steps | undefined {
  const match = rich.exec(line);
  if (!match) return undefined;
  const etaSeconds = clockSeconds(match[4] ?? "");
  // It counts epochs from 0 to the last one.
  const epoch = /(\d+)\/(\d+)$/.exec(match[1] ?? "");
  return steps("bar", match[1] ?? "", Number(match[2]), Number(match[3]), {
    rate: Number(match[5]),
    ...(epoch ? { outer: { done: Number(epoch[1]), total: Number(epoch[2]) + 1 } } : {}),
    ...(etaSeconds === undefined ? {} : { etaSeconds }),
  });
}

function readCounter(line: string): Steps | undefined {
  const epoch = epochOf.exec(line);
  const rest = epoch ? line.slice(epoch.index + epoch[0].length) : line;
  const inner = bracketed.exec(rest) ?? undefined;
  const step = inner ? undefined : (named.exec(rest) ?? undefined);
  const etaSeconds = clockSeconds(eta.exec(rest)?.[1] ?? "");
  const more = etaSeconds === undefined ? {} : { etaSeconds };
  const outer = epoch ? around(epoch[1], epoch[2]) : {};
  if (inner) {
    const label = rest === line ? line.slice(0, inner.index).replace(/[:[\]]+/g, " ") : (epoch?.[0] ?? "");
    return steps("counter", tidy(label), Number(inner[1]), Number(inner[2]), { ...more, ...outer });
  }
  if (step) return steps("counter", step[1] ?? "", Number(step[2]), Number(step[3]), { ...more, ...outer });
  if (!epoch) return undefined;
  // A bare heading opens the epoch; one with results behind it closes it.
  const heading = !/[\d.]\d/.test(rest) && !/\d/.test(rest);
  const done = Number(epoch[1]) - (heading ? 1 : 0);
  return steps(heading ? "heading" : "counter", "epoch", Math.max(0, done), Number(epoch[2]), more);
}

function steps(
  kind: Steps["kind"],
  label: string,
  done: number,
  total: number,
  more: Pick<Steps, "etaSeconds" | "rate" | "outer">,
): Steps | undefined {
  if (!(total > 0) || !(done >= 0) || done > total || !Number.isSafeInteger(Math.round(total))) return undefined;
  const name = tidy(label);
  const named = /(?:^|\s)(\d+)\/(\d+)(?=\s|:|$)/.exec(label);
  const outer = named ? around(named[1], named[2]) : {};
  return { kind, ...(name === "" ? {} : { label: name }), done, total, ...outer, ...more };
}

/** The loop around, which is in its step `current` of `total`. */
function around(current: string | undefined, total: string | undefined): Pick<Steps, "outer"> {
  const outer = { done: Math.max(0, Number(current) - 1), total: Number(total) };
  return outer.done <= outer.total && outer.total > 0 ? { outer } : {};
}

function tidy(label: string): string {
  const text = label
    .replace(/\s+/g, " ")
    .replace(/[\s:[|-]+$/, "")
    .trim();
  return text.length > 60 ? `…${text.slice(-59)}` : text;
}

const powers: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6, G: 1e9, T: 1e12 };

function amount(text: string, unit: string): number {
  return Number(text.replace(",", ".")) * (powers[unit] ?? 1);
}

/** Seconds of `00:15`, `1:02:03`, `1 day, 2:03:04`, `12s`, `1h02m`; undefined for `?`. */
function clockSeconds(text: string): number | undefined {
  const clock = /^(?:(\d+) days?,? )?(?:(\d+):)?(\d+):(\d+)$/.exec(text.trim());
  if (clock) {
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = clock.slice(1).map((part) => Number(part ?? 0));
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
  }
  const words = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text.trim());
  if (!words || text.trim() === "") return undefined;
  const [hours = 0, minutes = 0, seconds = 0] = words.slice(1).map((part) => Number(part ?? 0));
  return (hours * 60 + minutes) * 60 + seconds;
}

/** Steps a second of `36.5it/s`, `1.5s/it`, `98.1MB/s`; undefined for `?it/s`. */
function paceOf(text: string): number | undefined {
  const each = /^\s*(\d+(?:\.\d+)?)\s*s\/\S+/.exec(text);
  if (each) return Number(each[1]) > 0 ? 1 / Number(each[1]) : undefined;
  const many = /^\s*(\d+(?:\.\d+)?)([kKMGT]?)\S*\/s/.exec(text);
  return many ? amount(many[1] ?? "", many[2] ?? "") : undefined;
}
