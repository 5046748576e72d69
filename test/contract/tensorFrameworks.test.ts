import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { explainText } from "../../src/core/tensors/explain";
import { frameworks } from "../../src/core/tensors/frameworks/index";
import { createReader } from "../../src/core/tensors/template";

const folder = new URL("../fixtures/tensors/", import.meta.url);

/** A message as the framework prints it, from a mistake of our own that was run; version `source` is written after its code. */
interface Recorded {
  readonly framework?: string;
  readonly version: string;
  readonly kind: string;
  /** The user's line, where the message alone would not do. */
  readonly line?: string;
  readonly error: string;
  readonly message: string;
  readonly shapes: readonly (readonly (number | null)[])[];
}

function recorded(file: string): readonly Recorded[] {
  const url = new URL(file, folder);
  return existsSync(url) ? JSON.parse(readFileSync(url, "utf8")) : [];
}

describe.each(frameworks.map((framework) => [framework.id, framework] as const))("the rules of %s", (id, framework) => {
  const unrun = recorded("unrun.json").filter((one) => one.framework === id);
  const all = [...recorded(`${id}.json`), ...unrun];

  it("have recorded messages for every kind", () => {
    const kinds = new Set(all.map(({ kind }) => kind));
    expect(framework.rules.map(({ kind }) => kind).filter((kind) => !kinds.has(kind))).toEqual([]);
    expect(all.length - unrun.length).toBeGreaterThan(0);
  });

  it.each(all.map((one) => [one.message.slice(0, 70), one] as const))(
    "%s",
    (_, { kind, error, message, shapes, line }) => {
      const frame = `Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    ${line}\n`;
      const told = explainText(`${line === undefined ? "" : frame}${error}: ${message}`);
      expect(told).toMatchObject({ kind, operands: shapes.map((shape) => ({ shape })) });
      expect(told?.summary).not.toMatch(/\{\w+\}|undefined|NaN/);
      for (const fix of told?.fixes ?? []) expect(fix.text).not.toMatch(/\{\w+\}|undefined|NaN/);
    },
  );

  it("say where each text was seen, why it fails, and can all be read", () => {
    for (const rule of framework.rules) {
      expect(rule.seen.length, rule.texts[0]).toBeGreaterThan(0);
      expect(rule.rule, rule.texts[0]).toMatch(/\.$/);
      expect(rule.summary ?? rule.explain, rule.texts[0]).toBeDefined();
      for (const text of rule.texts) expect(() => createReader(text)).not.toThrow();
    }
  });
});
