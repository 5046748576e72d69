import { describe, expect, it } from "vitest";
import { noOverlay } from "../../../src/core/environments/overlay";
import type { RunReading } from "../../../src/core/tensors/hook";
import type { CommandOutcome } from "../../../src/core/tensors/terminal/parts";
import { createTensorSession } from "../../../src/core/tensors/terminal/session";
import type { Explanation, RunRecord } from "../../../src/shared/tensors";
import { createManualClock } from "../../mocks/manualClock";

const explanation = (summary: string): Explanation => ({
  kind: "matmul",
  framework: "torch",
  summary,
  message: "",
  operands: [],
  layers: [],
  rule: "",
  fixes: [],
  confidence: 1,
  others: 0,
});

const record = (at: string, message: string, pid = 7): RunRecord => ({
  format: 1,
  pid,
  parentPid: 1,
  program: "train.py",
  folder: "/work",
  python: "3.12",
  versions: {},
  failures: [{ origin: "main", at, exceptions: [{ type: "E", message, frames: [] }], layers: [], isCut: false }],
});

const noon = "2026-01-01T12:00:00Z";
const begin = "\u001b]633;C\u0007";
const end = (status: number) => `\u001b]633;D;${status}\u0007`;
const prompt = "\u001b]633;A\u0007$ \u001b]633;B\u0007";
const traceback = "Traceback (most recent call last):\r\nRuntimeError: no\r\n";

/** A session whose run is read by hand. */
function start({ hooked = true, printing = true } = {}) {
  const clock = createManualClock();
  const readings: { resolve(reading: RunReading): void; reject(error: Error): void }[] = [];
  const outcomes: CommandOutcome[] = [];
  const held: boolean[] = [];
  let screen = "";
  const session = createTensorSession({
    clock,
    explainer: {
      records(records) {
        const text = records.map(({ failures }) => failures[0]?.exceptions[0]?.message).join(", ");
        if (text === "broken") throw new Error("the explainer is broken");
        return explanation(text);
      },
      text: (text) => (text.includes("mat1") ? explanation(`text of ${text.length}`) : undefined),
    },
    ...(hooked
      ? {
          run: {
            overlay: noOverlay,
            read: () => new Promise<RunReading>((resolve, reject) => readings.push({ resolve, reject })),
          },
        }
      : {}),
    write: (text) => {
      screen += text;
    },
    hold: (is) => held.push(is),
    columns: () => 80,
    isPrinting: () => printing,
    onOutcome: (outcome) => outcomes.push(outcome),
  });
  const answer = async (records: readonly RunRecord[], now = noon) => {
    readings.shift()?.resolve({ now, records });
    await new Promise((resolve) => setImmediate(resolve));
  };
  const fail = async () => {
    readings.shift()?.reject(new Error("lost"));
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { ...session, clock, outcomes, held, screen: () => screen, asked: () => readings.length, answer, fail };
}

describe("a failed command", () => {
  it("is explained by its record, under what it printed and before the next prompt", async () => {
    const { output, screen, answer, outcomes } = start();
    output(`$ ${begin}${traceback}${end(1)}${prompt}`);
    output("typed ahead");
    expect(screen()).toBe(`$ ${begin}${traceback}${end(1)}`);
    await answer([record(noon, "h has 784")]);
    const [before, box, after] = screen().split(/(\u001b\[36m╭[\s\S]*?╰[^\n]*\n)/);
    expect(before).toBe(`$ ${begin}${traceback}${end(1)}`);
    expect(box).toContain("h has 784");
    expect(box?.match(/(?<!\r)\n/)).toBeNull();
    expect(after).toBe(`${prompt}typed ahead`);
    expect(outcomes).toMatchObject([{ kind: "explained", from: "records", explanation: { summary: "h has 784" } }]);
  });

  it("does not hold the prompt for more than 300 ms; a record that comes later is told, not printed", async () => {
    const { output, screen, answer, outcomes, clock } = start();
    output(`${begin}RuntimeError: mat1\r\n${end(1)}${prompt}`);
    clock.advance(299);
    expect(screen()).not.toContain(prompt);
    clock.advance(1);
    expect(screen()).toContain("text of 20");
    expect(screen().endsWith(prompt)).toBe(true);
    const shown = screen();
    await answer([record(noon, "the exact one")]);
    expect(screen()).toBe(shown);
    expect(outcomes).toMatchObject([
      { kind: "explained", from: "text" },
      { kind: "explained", from: "records", explanation: { summary: "the exact one" } },
    ]);
  });

  it("is explained by its text where the run cannot be read, and without a hook at once", async () => {
    const lost = start();
    lost.output(`${begin}mat1${end(1)}${prompt}`);
    await lost.fail();
    expect(lost.screen()).toMatch(/mat1\u001b\]633;D;1\u0007\r\n\u001b\[36m╭[\s\S]*text of 4/);
    const plain = start({ hooked: false });
    plain.output(`${begin}mat1\r\n${end(1)}${prompt}`);
    expect(plain.screen()).toContain("text of 6");
    expect(plain.screen().endsWith(prompt)).toBe(true);
  });

  it("says nothing where there is nothing to say, and tells whether the hook was silent", async () => {
    const { output, screen, answer, outcomes } = start();
    for (const text of [traceback, "ls: no such file\r\n"]) {
      output(`${begin}${text}${end(2)}${prompt}`);
      await answer([]);
    }
    expect(screen()).toBe(`${begin}${traceback}${end(2)}${prompt}${begin}ls: no such file\r\n${end(2)}${prompt}`);
    expect(outcomes).toEqual([
      { kind: "unexplained", hook: "silent" },
      { kind: "unexplained", hook: "unknown" },
    ]);
  });

  it("is not explained by a record that was told before, or that an earlier command left", async () => {
    const { output, answer, outcomes, clock } = start();
    output(`${begin}${end(1)}`);
    await answer([record(noon, "first")]);
    output(`${begin}${end(1)}`);
    await answer([record(noon, "first"), record(noon, "second", 8)]);
    output(begin);
    clock.advance(60_000);
    output(end(1));
    // A program that handled its failure and went well, two minutes ago.
    await answer([record("2026-01-01T11:58:00Z", "handled", 9), record("2026-01-01T11:59:30Z", "third", 10)]);
    expect(outcomes.map((one) => one.kind === "explained" && one.explanation.summary)).toEqual([
      "first",
      "second",
      "third",
    ]);
  });

  it("is not printed where that is switched off, but told", async () => {
    const { output, screen, answer, outcomes } = start({ printing: false });
    output(`${begin}${traceback}${end(1)}${prompt}`);
    await answer([record(noon, "h")]);
    expect(screen()).toBe(`${begin}${traceback}${end(1)}${prompt}`);
    expect(outcomes).toMatchObject([{ kind: "explained" }]);
  });

  it("hands on what an explainer that breaks would have held back", async () => {
    const { output, screen, answer } = start();
    output(`${begin}${end(1)}${prompt}`);
    await answer([record(noon, "broken")]);
    expect(screen().endsWith(prompt)).toBe(true);
  });
});

describe("a terminal's session", () => {
  it("tells a success, and takes no end for one of a command that was never begun", () => {
    const { output, outcomes, asked } = start();
    output(`${end(0)}${end(1)}${begin}${end(0)}${end(1)}${begin}\u001b]633;D\u0007`);
    expect(outcomes).toEqual([{ kind: "succeeded" }]);
    expect(asked()).toBe(0);
  });

  it("knows the folder", () => {
    const { output, folder } = start();
    expect(folder()).toBeUndefined();
    output("\u001b]633;P;Cwd=/work\u0007");
    expect(folder()).toBe("/work");
  });

  it("makes the host wait while much waits here, and go on when it has gone", () => {
    const { output, held, clock, screen } = start();
    const text = "x".repeat(300_000);
    output(text);
    expect(held).toEqual([true]);
    clock.advance(200);
    expect(held).toEqual([true, false]);
    expect(screen()).toBe(text);
  });

  it("makes the host wait while the prompt does, if much comes", async () => {
    const { output, held, answer, drained, clock, screen } = start();
    output(`${begin}${end(1)}`);
    output("y".repeat(70_000));
    expect(held).toEqual([true]);
    let isDrained = false;
    const done = drained().then(() => {
      isDrained = true;
    });
    await answer([]);
    clock.advance(100);
    await done;
    expect(isDrained).toBe(true);
    expect(held).toEqual([true, false]);
    expect(screen().endsWith("y")).toBe(true);
  });

  it("survives a program that plays shell", async () => {
    const { output, answer, screen, clock } = start({ hooked: false });
    const lies = `${begin}${end(1)}`.repeat(5_000);
    output(lies);
    clock.advance(5_000);
    expect(screen()).toBe(lies);
    await answer([]);
  });

  it("ends at once, whatever waits", async () => {
    const { output, drained, dispose, clock, screen } = start();
    output(`${begin}${end(1)}${prompt}`);
    const done = drained();
    dispose();
    await done;
    clock.advance(1_000);
    expect(screen()).not.toContain(prompt);
  });
});
