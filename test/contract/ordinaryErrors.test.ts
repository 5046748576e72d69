import { expect, it } from "vitest";
import { explainText } from "../../src/core/tensors/explain";
import { ordinaryTracebacks } from "./ordinaryErrors";

it("claims nothing of 500 ordinary tracebacks that are not about tensors", () => {
  const texts = ordinaryTracebacks(500);
  expect(new Set(texts).size).toBeGreaterThan(400);
  const claimed = texts.flatMap((text) => {
    const told = explainText(text);
    return told ? [`${told.kind}: ${text}`] : [];
  });
  expect(claimed).toEqual([]);
});
