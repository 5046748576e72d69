import type { FailureException, TensorFramework } from "../../shared/tensors";
import type { Failed } from "./explainFailure";
import { frameworks } from "./frameworks/index";
import { userFrame } from "./operands";
import type { FrameworkRules, Rule } from "./rule";
import { createReader, flat, type Reader, type Reading } from "./template";
import { unwrap } from "./wrapping";

export interface Match {
  readonly framework: TensorFramework;
  readonly rule: Rule;
  readonly reading: Reading;
}

const readers = new Map<Rule, readonly Reader[]>();

/** Most messages are short; of a longer one the beginning tells. */
const maximumMessage = 65_536;

/** The first rule that reads the message: those of the frameworks that show in the traceback first, then in the order of the registry. */
export function matchRule(exception: FailureException, failed: Failed): Match | undefined {
  const shown = frameworks.filter((framework) => isShown(framework, exception, failed));
  const { message, operands } = unwrap(exception.message.slice(0, maximumMessage));
  const flattened = flat(message);
  for (const framework of [...shown, ...frameworks.filter((one) => !shown.includes(one))]) {
    for (const rule of framework.rules) {
      if (!hasEvidence(rule, framework, exception, failed)) continue;
      const reading = read(rule, message, flattened);
      if (!reading) continue;
      // The shapes that a wrapper tells stand in for those that the message itself lacks.
      const shapes =
        reading.shapes.size > 0 ? reading.shapes : new Map(operands.map((one, at) => [`operand ${at + 1}`, one]));
      const id = rule.isShared ? (shown[0]?.id ?? framework.id) : framework.id;
      return { framework: id, rule, reading: { ...reading, shapes } };
    }
  }
  return undefined;
}

/** The framework that an exception belongs to where no rule says so. */
export function frameworkOf(exception: FailureException, failed: Failed): TensorFramework | undefined {
  return (
    frameworks.find((framework) => isRaisedIn(framework, exception))?.id ??
    frameworks.find((framework) => isShown(framework, exception, failed))?.id
  );
}

/** Whether its class or the line that raised it is the framework's own. */
export const isRaisedByFramework = (exception: FailureException): boolean =>
  frameworks.some((framework) => isRaisedIn(framework, exception));

function isRaisedIn(framework: FrameworkRules, { type, message, frames }: FailureException): boolean {
  const file = frames.at(-1)?.file;
  return (
    framework.classes.test(type) ||
    framework.messages?.test(message) === true ||
    (file !== undefined && framework.files.test(file))
  );
}

function isShown(framework: FrameworkRules, exception: FailureException, failed: Failed): boolean {
  return (
    framework.classes.test(exception.type) ||
    framework.messages?.test(exception.message) ||
    exception.frames.some(
      ({ file, source }) => framework.files.test(file) || (source && framework.code.test(source)),
    ) ||
    failed.modules.includes(framework.module)
  );
}

function hasEvidence(rule: Rule, framework: FrameworkRules, exception: FailureException, failed: Failed): boolean {
  switch (rule.needs) {
    case undefined:
      return true;
    case "class":
      return framework.classes.test(exception.type);
    case "framework":
      return isRaisedIn(framework, exception) || framework.code.test(exception.frames.at(-1)?.source ?? "");
    case "shapeLine":
      return /^[\w\s*()]+,[\w\s,*()]*=[^=].*\.(?:shape\b(?!\()|size\(\))/.test(
        userFrame(exception.frames)?.source ?? "",
      );
    case "distributed":
      return /torch[/\\.]distributed|ProcessGroup|NCCL|[Gg]loo|c10d/.test(failed.context);
  }
}

function read(rule: Rule, message: string, flattened: string): Reading | undefined {
  const known = readers.get(rule) ?? rule.texts.map(createReader);
  readers.set(rule, known);
  for (const reader of known) {
    const reading = flattened.includes(reader.landmark) ? reader.read(message) : undefined;
    if (reading) return reading;
  }
  return undefined;
}
