import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { explainText } from "../../src/core/tensors/explain";
import { expectedKinds, expectedShapes, ordinaryCases } from "./tensorKinds";

/** Messages of real frameworks, one deliberate mistake each; they are not part of the repository. */
const file =
  process.env.TENSORLINE_TENSOR_MESSAGES ??
  fileURLToPath(new URL("../../../shared/reference/tensor-messages.json", import.meta.url));
const isHere = existsSync(file);
if (!isHere) console.warn(`messages of real frameworks are left out: there is no ${file} (TENSORLINE_TENSOR_MESSAGES)`);

interface MessageCase {
  readonly case: string;
  readonly error: string | null;
  readonly message: string | null;
}

interface MessageSet {
  readonly framework: string;
  readonly version: string;
  readonly cases: readonly MessageCase[];
}

describe.runIf(isHere)("messages of real frameworks", () => {
  const sets: readonly MessageSet[] = isHere ? JSON.parse(readFileSync(file, "utf8")).sets : [];
  const all = sets.flatMap(({ framework, version, cases }) =>
    cases
      .filter(({ error }) => error !== null)
      .map((one) => ({
        id: framework.split("/")[0] ?? "",
        name: one.case,
        label: `${framework} ${version}: ${one.case}`,
        told: explainText(`${one.error?.replace(/^builtins\./, "")}: ${one.message}`),
      })),
  );
  const kindsOf = (id: string, name: string) =>
    Object.entries(expectedKinds[id] ?? {}).flatMap(([kind, names]) => (names.includes(name) ? [kind] : []));

  test("have the right kind in at least 95 of 100", () => {
    const judged = all.filter(({ id, name }) => kindsOf(id, name).length > 0 || !ordinaryCases[id]?.includes(name));
    const wrong = judged.filter(({ id, name, told }) => {
      const isOrdinary = ordinaryCases[id]?.includes(name) && told === undefined;
      return !isOrdinary && !kindsOf(id, name).includes(told?.kind ?? "");
    });
    expect(wrong.map(({ label, told }) => `${label}: ${told?.kind}`).slice(Math.floor(judged.length * 0.05))).toEqual(
      [],
    );
    expect(judged.length).toBeGreaterThan(400);
  });

  test("give their shapes exactly in at least 95 of 100", () => {
    const withShapes = all.filter(({ id, name }) => expectedShapes[id]?.[name]);
    const wrong = withShapes.filter(
      ({ id, name, told }) =>
        told !== undefined &&
        JSON.stringify(told.operands.map(({ shape }) => shape)) !== JSON.stringify(expectedShapes[id]?.[name]),
    );
    expect(wrong.map(({ label }) => label).slice(Math.floor(withShapes.length * 0.05))).toEqual([]);
    expect(withShapes.length).toBeGreaterThan(100);
  });

  test("claim nothing where a message is not about tensors", () => {
    const ordinary = all.filter(({ id, name }) => ordinaryCases[id]?.includes(name) && kindsOf(id, name).length === 0);
    expect(ordinary.filter(({ told }) => told !== undefined).map(({ label }) => label)).toEqual([]);
  });
});
