import type { FailureException, TensorFramework } from "../../shared/tensors";
import type { Failed } from "./explainFailure";
import { frameworks } from "./frameworks/index";
import { userFrame } from "./operands";
import type { FrameworkRules, Rule } from "./rule";
import { createReader, type Reading } from "./template";

export interface Match {
  readonly framework: TensorFramework;
  readonly rule: Rule;
  readonly reading: Reading;
}

const readers = new Map<Rule, readonly ((text: string) => Reading | undefined)[]>();

/** Most messages are short; of a longer one the beginning tells. */
const maximumMessage = 16_384;

/** The first rule that reads the message: those of the frameworks that show in the traceback first, then in the order of the registry. */
export function matchRule(exception: FailureException, failed: Failed): Match | undefined {
  const shown = frameworks.filter((framework) => isShown(framework, exception, failed));
  const message = exception.message.slice(0, maximumMessage);
  for (const framework of [...shown, ...frameworks.filter((one) => !shown.includes(one))]) {
    for (const rule of framework.rules) {
      if (rule.needs === "framework" && shown.length === 0) continue;
      if (rule.needs === "shapeLine" && !isShapeLine(exception)) continue;
      const reading = read(rule, message);
      if (reading) return { framework: rule.isShared ? (shown[0]?.id ?? framework.id) : framework.id, rule, reading };
    }
  }
  return undefined;
}

function isShown(framework: FrameworkRules, exception: FailureException, failed: Failed): boolean {
  return (
    framework.classes.test(exception.type) ||
    exception.frames.some(
      ({ file, source }) => framework.files.test(file) || (source && framework.code.test(source)),
    ) ||
    failed.modules.includes(framework.module)
  );
}

/** `b, c, h, w = x.shape` */
function isShapeLine(exception: FailureException): boolean {
  return /\.shape\b|\.size\(\)/.test(userFrame(exception.frames)?.source ?? "");
}

function read(rule: Rule, message: string): Reading | undefined {
  const known = readers.get(rule) ?? rule.texts.map(createReader);
  readers.set(rule, known);
  for (const reader of known) {
    const reading = reader(message);
    if (reading) return reading;
  }
  return undefined;
}
