import { describe, expect, it } from "vitest";
import { matchesGlob, matchesPatternList } from "../../../src/ssh/patterns";

describe("patterns", () => {
  it.each([
    ["*", "", true],
    ["*", "anything", true],
    ["?", "", false],
    ["?", "x", true],
    ["10.0.?.*", "10.0.3.17", true],
    ["10.0.?.*", "10.0.33.17", false],
    ["*.lab", "a.b.lab", true],
    ["*.lab", "lab", false],
    ["a*b*c", "a1b2b3c", true],
    ["a*b*c", "a1b2b3", false],
    ["[x]", "x", false],
    ["a.c", "abc", false],
  ])("%s on %s: %s", (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it("cannot be made to take long", () => {
    expect(matchesGlob(`${"*a".repeat(200)}b`, "a".repeat(5000))).toBe(false);
  });

  it("lets a negated pattern win wherever it stands, and needs a positive one", () => {
    expect(matchesPatternList(["*", "!bad"], "good")).toBe(true);
    expect(matchesPatternList(["!bad", "*"], "bad")).toBe(false);
    expect(matchesPatternList(["!bad"], "good")).toBe(false);
  });
});
