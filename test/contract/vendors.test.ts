import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { gpuProbe } from "../../src/core/gpu/probe";
import { vendors } from "../../src/core/gpu/vendors";
import { quoteArgv } from "../../src/core/remote";

const fixtures = new URL("../fixtures/gpu/", import.meta.url);

describe.each(vendors)("vendor $id", (vendor) => {
  test("has recorded fixtures", () => {
    expect(readdirSync(new URL(vendor.id, fixtures)).length).toBeGreaterThan(0);
  });

  test("names its sources so that the probe can use them as variables", () => {
    const names = vendor.sources().map(({ name }) => name);
    expect(names.length).toBeGreaterThan(0);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(new RegExp(`^${vendor.id}[A-Za-z0-9]*$`));
  });

  test("takes nonsense without breaking", () => {
    const reader = vendor.createReader();
    for (const source of vendor.sources().map(({ name }) => name)) {
      for (const exitCode of [0, 1, 2, 127, 137, 255]) {
        reader.take({ kind: "output", source, lines: ["\u0000{[", "=", "a,b,c", ""], exitCode });
        reader.take({ kind: "fields", source, fields: ["", "index"] });
        reader.take({ kind: "line", text: "\ufffd, , [GPU is lost]" });
        reader.take({ kind: "exit", source, exitCode });
        reader.take({ kind: "ran", source, exitCode });
        reader.take({ kind: "asleep", source });
      }
    }
    expect(reader.take({ kind: "line", text: "" })).toBeInstanceOf(Array);
  });

  test("reads its capture formats strictly", () => {
    for (const parse of Object.values(vendor.captureFormats))
      expect(() => parse("\u0001 nothing")).toThrow("unreadable");
  });
});

test("only one source of all writes unframed", () => {
  const loops = vendors.flatMap((vendor) => vendor.sources()).filter(({ kind }) => kind === "loop");
  expect(loops.length).toBeLessThanOrEqual(1);
});

test("the probe's parameters are single lines of words", () => {
  const { parameters } = gpuProbe({ beatMs: 1000, vendors, nonce: "n" });
  for (const line of parameters) expect(line).not.toMatch(/[\r\n]/);
  expect(quoteArgv(["a b"])).toBe("'a b'");
});
