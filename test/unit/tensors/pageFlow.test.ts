import { describe, expect, it } from "vitest";
import { createPageFlow, WINDOW } from "../../../src/core/tensors/terminal/pageFlow";

/** A page that paints when it is told to. */
function start() {
  const sent: { view: number; text: string }[] = [];
  const begun: { view: number; text: string }[] = [];
  let moves = 0;
  const flow = createPageFlow(
    { begin: (view, text) => begun.push({ view, text }), send: (view, text) => sent.push({ view, text }) },
    () => moves++,
  );
  return { flow, sent, begun, moves: () => moves, text: () => sent.map(({ text }) => text).join("") };
}

const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at} 模型\r\n`).join("");

describe("output on its way to a page", () => {
  it("goes as far as the page may owe, and on when it has painted; nothing is lost", async () => {
    const { flow, sent, text, moves } = start();
    const output = lines(60_000);
    flow.show();
    flow.push(output);
    expect(text().length).toBe(WINDOW);
    expect(flow.waiting()).toBe(output.length - WINDOW);
    let isDrained = false;
    const drained = flow.drained().then(() => {
      isDrained = true;
    });
    for (let at = 0; at < sent.length; at++) flow.taken(1, sent[at]?.text.length ?? 0);
    await drained;
    expect(isDrained).toBe(true);
    expect(text()).toBe(output);
    expect(Math.max(...sent.map((message) => message.text.length))).toBeLessThanOrEqual(64 * 1024);
    expect(moves()).toBeGreaterThan(0);
  });

  it("takes no page's word for more than it was sent, nor of a view that is over", () => {
    const { flow, text } = start();
    flow.show();
    flow.show();
    flow.push("x".repeat(2 * WINDOW));
    flow.taken(1, WINDOW);
    expect(text().length).toBe(WINDOW);
    flow.taken(2, 10 * WINDOW);
    expect(text().length).toBe(2 * WINDOW);
    flow.push("y".repeat(2 * WINDOW));
    expect(text().length).toBe(2 * WINDOW);
  });

  it("waits for nobody while no page is there, and shows the end of it to the next one, from a whole line", async () => {
    const { flow, begun, text } = start();
    const output = lines(120_000);
    flow.push(output);
    await flow.drained();
    expect(text()).toBe("");
    flow.show();
    const [shown] = begun;
    expect(shown?.view).toBe(1);
    expect(shown?.text.length).toBeGreaterThan(1024 * 1024 - 100);
    expect(shown?.text.startsWith("line ")).toBe(true);
    expect(output.endsWith(shown?.text ?? "?")).toBe(true);
    flow.push("more");
    expect(text()).toBe("");
    flow.taken(1, shown?.text.length ?? 0);
    expect(text()).toBe("more");
    flow.hide();
    flow.push(" and more");
    flow.show();
    expect(begun[1]?.text.endsWith("more and more")).toBe(true);
  });

  it("ends at once", async () => {
    const { flow } = start();
    flow.show();
    flow.push("x".repeat(2 * WINDOW));
    const drained = flow.drained();
    flow.dispose();
    await drained;
    expect(flow.waiting()).toBe(0);
  });
});
