/** Numbers by name that a line of training output tells, and where in the training it stands. */
export interface Measured {
  readonly values: ReadonlyMap<string, number>;
  readonly step?: number;
  /** May be a fraction: HF's Trainer tells `'epoch': 1.33`. */
  readonly epoch?: number;
  /** The step is one of an epoch's: `450/1000` of a bar. */
  readonly stepOf?: number;
}

/** A number as programs print it; `nan` and `inf` are numbers. Nothing that goes on as a time, a version, an address, a unit. */
const numeral = String.raw`[-+]?(?:\d+(?:\.\d*)?(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|nan|NaN|NAN|inf(?:inity)?|Inf(?:inity)?|INF)(?=$|[\s,;|)\]}"'(]|%(?!\|)|\.(?:$|\s))`;
const name = `[A-Za-z_][A-Za-z0-9_@./-]{0,47}(?: (?:loss|rate|norm|scale))?`;

/** `name: 1`, `name=1`, `'name': 1`, `"name": "1"` (fairseq's JSON), `name = 1`, `name : 1`, `lm loss: 6.1E+00` (Megatron-LM). */
const pair = new RegExp(
  String.raw`(?:^|[\s,;|(\[{"'])(?:(['"])(${name})\1\s*:\s*['"]?|(${name})\s?(?:=\s?|:\s+|:(?=[-+]?(?:\d*\.\d|nan|inf))))(?:tensor\()?(${numeral})`,
  "g",
);

/** What training minimizes or maximizes, as one word of a name: `val_loss`, `top1`, `eval/f1`, `acc@1`. */
const result =
  /(?:^|[_./\s-])(?:\w{0,8}loss(?:es|_\w{1,12})?|acc(?:uracy|uracies)?(?:@?\d+)?|top[-_]?\d|ppl|perplexity|bleu|rouge\w{0,4}|f1|auc|auroc|map(?:\d+(?:-\d+)?)?|m?iou|dice|[mr]?mse|mae|mape|r2|nll|bpb|bpc|kl|elbo|psnr|ssim|lpips|fid|wer|cer|reward|returns?|precision|recall|grad_?norm|grad norm|gnorm)(?=$|[_./\s@-])/i;

/** `loss 0.123`: without a mark between, only for what training tells and only where the number is none of a sentence. */
const spoken =
  /(?:^|[\s,;|])((?:(?:train|val|valid|test|eval|dev)(?:ing|idation)?[ _])?(?:loss|acc|accuracy|lr|ppl|perplexity|nll_loss|f1|auc|miou|iou|dice|mse|mae|reward))\s+([-+]?(?:\d+\.\d+(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+|nan|inf))(?=$|[\s,;|)])/gi;

/** Where the training is, not how it goes. */
const places = /^(?:epochs?|(?:global_|train_)?steps?|iter(?:ation)?s?|it|num_updates|update)$/i;

/** Names that go with numbers in the same lines and are no measurement. */
const others =
  /^(?:eta|elapsed|time|data|v_num|seed|rank|local_rank|world_size|pid|port|gpus?|device|version|batch|batch_size|bs|id|line|code|exitcode|errno|total|max_?mem|mem|num_\w+|n|consumed samples|wall|train_wall|port|host|year|runtime|\w*_runtime|size|bytes)$/i;

const stepWords = /\b(?:global[_ ]step|step|iter(?:ation)?|it|update)\b\s*[:=#]?\s*\[?\s*(\d+)(?![\d.]*[\w.])/i;
const epochWords = /\bepochs?\b(?:\((?:train|val)\))?["']?\s*[:=#]?\s*\[?\s*(\d+(?:\.\d+)?)/i;

/** `450/1000` of a bar or in brackets, unless it counts epochs. */
const stepOfEpoch = /(?:^|[\s|[])(?<!\bepochs?[\s:#]{0,4}\[?\s{0,4})(\d+)\s{0,8}\/\s{0,8}(\d+)\s?(?:\[|[━=]|\]|\()/i;

/** Texts that list settings, not results. */
const settings =
  /^\W{0,4}(?:Namespace\(|\w+(?:Config|Args|Arguments)\(|\w*(?:config|args|arguments|hparams|hyperparameters|settings)\b\s*[:=])/i;

const LONGEST = 2000;

/** Reads a line; undefined where it does not look like training output. */
export function readMeasured(line: string): Measured | undefined {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line;
  const values = new Map<string, number>();
  let isResult = false;
  let step: number | undefined;
  let epoch: number | undefined;
  for (const [, , quotedName, plainName, digits = ""] of text.matchAll(pair)) {
    const key = quotedName ?? plainName ?? "";
    const value = numberOf(digits);
    if (places.test(key)) {
      if (/^epoch/i.test(key)) epoch ??= value;
      else step ??= value;
    } else if (!others.test(key)) {
      values.set(key, value);
      isResult ||= result.test(key);
    }
  }
  for (const [, key = "", digits = ""] of text.matchAll(spoken)) {
    const known = key.replace(" ", "_");
    if (!values.has(known)) values.set(known, numberOf(digits));
    isResult = true;
  }
  if (values.size === 0 || settings.test(text)) return undefined;
  const inEpoch = stepOfEpoch.exec(text);
  epoch ??= numberAfter(epochWords, text);
  if (inEpoch) step ??= Number(inEpoch[1]);
  else step ??= numberAfter(stepWords, text);
  // A learning rate is worth a line of its own only where the line says when.
  if (!isResult && !([...values.keys()].some(isRate) && (step !== undefined || epoch !== undefined))) return undefined;
  return {
    values,
    ...(step === undefined ? {} : { step }),
    ...(epoch === undefined ? {} : { epoch }),
    ...(inEpoch && step === Number(inEpoch[1]) ? { stepOf: Number(inEpoch[2]) } : {}),
  };
}

/** Last letters of the names in `spoken`, then a number. */
const maySpeak = /(?:ss|cc|cy|lr|pl|ty|f1|uc|ou|[acs]e|rd)\s+[-+]?(?:\d+\.\d|\d+e-|nan|inf)/i;

/** Whether it is worth while to read a line; most lines are done with this. */
export function mayMeasure(line: string): boolean {
  return mayHoldPair(line) || maySpeak.test(line);
}

function mayHoldPair(line: string): boolean {
  for (let at = line.indexOf("="); at >= 0; at = line.indexOf("=", at + 1)) if (beginsNumber(line, at + 1)) return true;
  for (let at = line.indexOf(":"); at >= 0; at = line.indexOf(":", at + 1)) {
    const before = line.charCodeAt(at - 1);
    // Times and addresses have a digit on both sides.
    if (beginsNumber(line, at + 1) && !(before >= 48 && before <= 57 && line[at + 1] !== " ")) return true;
  }
  return false;
}

function beginsNumber(line: string, at: number): boolean {
  const from = line[at] === " " ? at + 1 : at;
  const code = line.charCodeAt(from);
  return (code >= 48 && code <= 57) || "+-.\"'tnNiI".includes(line[from] ?? " ");
}

/** Whether a series of this name is what training is about. */
export function isResultName(key: string): boolean {
  return result.test(key) || isRate(key);
}

export function isLossName(key: string): boolean {
  return /loss/i.test(key);
}

function isRate(key: string): boolean {
  return /^(?:.{0,20}[/_])?(?:lr|learning[_ ]rate)(?:$|[-_/].{0,20}$)/i.test(key);
}

function numberAfter(words: RegExp, text: string): number | undefined {
  const match = words.exec(text);
  return match ? Number(match[1]) : undefined;
}

function numberOf(digits: string): number {
  const text = digits.toLowerCase();
  if (text.includes("nan")) return Number.NaN;
  if (text.includes("inf")) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
