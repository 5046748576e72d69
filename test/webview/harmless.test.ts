// @vitest-environment happy-dom
import { type ILink, Terminal } from "@xterm/xterm";
import { afterEach, describe, expect, it } from "vitest";
import { characterWidths } from "../../webview-ui/lib/terminal/characterWidths";
import { makeHarmless } from "../../webview-ui/lib/terminal/harmless";
import { sourceLinkProvider } from "../../webview-ui/lib/terminal/sourceLinkProvider";
import { hostileOutput } from "./hostileOutput";

const opened: Terminal[] = [];
afterEach(() => {
  for (const terminal of opened.splice(0)) terminal.dispose();
});

/** A terminal that was not put into a page: it reads and keeps, and would answer, for it takes input. */
function terminal() {
  const made = new Terminal({ allowProposedApi: true, convertEol: true, cols: 80, rows: 24, scrollback: 60_000 });
  opened.push(made);
  const heard: string[] = [];
  made.onData((data) => heard.push(`data ${JSON.stringify(data)}`));
  made.onTitleChange((title) => heard.push(`title ${title}`));
  made.onBell(() => heard.push("bell"));
  made.buffer.onBufferChange(() => heard.push("buffer"));
  return {
    made,
    heard,
    write: (data: string | Uint8Array) => new Promise<void>((done) => made.write(data, done)),
    lines() {
      const { active } = made.buffer;
      return Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? "");
    },
  };
}

describe("a terminal that only shows", () => {
  it("keeps every line of hostile output, answers nothing and changes nothing", async () => {
    const { made, heard, write, lines } = terminal();
    makeHarmless(made);
    await write(hostileOutput());
    await write("\u0007\r\nstill alive\r\n");
    const kept = lines();
    for (const line of ["first line", "click me and me", "hidden dark", "last line", "still alive"])
      expect(kept).toContain(line);
    expect(kept.filter((line) => line === "long".repeat(20))).toHaveLength(25_000);
    expect(heard.filter((what) => what !== "bell")).toEqual([]);
    expect(made.buffer.active.type).toBe("normal");
    expect(made.modes).toMatchObject({
      bracketedPasteMode: false,
      insertMode: false,
      mouseTrackingMode: "none",
      sendFocusMode: false,
    });
    expect([made.cols, made.rows]).toEqual([80, 24]);
  });

  it("would be none without it: the same output is answered and takes over the screen", async () => {
    const { made, heard, write } = terminal();
    await write("\u001b]0;owned\u0007\u001b[c\u001b[?1049h");
    expect(heard).toEqual(["title owned", 'data "\\u001b[?1;2c"', "buffer"]);
    expect(made.buffer.active.type).toBe("alternate");
  });

  it("still colours, rewrites lines, and moves in its view", async () => {
    const { made, write, lines } = terminal();
    makeHarmless(made);
    await write("\u001b[31mred\u001b[0m\n 10%|#   |\r 20%|##  |\nup\u001b[1A\u001b[2K\rover\n");
    expect(lines().slice(0, 3)).toEqual(["red", "over", "up"]);
    expect(made.buffer.active.getLine(0)?.getCell(0)?.getFgColor()).toBe(1);
  });
});

describe("the widths of characters", () => {
  it.each([
    ["abc é", 5],
    ["模型", 4],
    ["한국어", 6],
    ["🙂🚀", 4],
    ["e\u0301x", 2],
    ["█▌│ 45%", 7],
    ["✓ ⏳", 4],
    ["\ud83d\udc69\u200d\ud83d\udcbb", 4],
    ["🇩🇪", 2],
    ["ｗｉｄｅ", 8],
  ])("%s takes %d cells", async (text, cells) => {
    const { made, write } = terminal();
    const widths = characterWidths();
    made.unicode.register(widths);
    made.unicode.activeVersion = widths.version;
    await write(text);
    expect(made.buffer.active.cursorX).toBe(cells);
    expect(made.buffer.active.getLine(0)?.translateToString(true)).toBe(text);
  });
});

describe("links to source in a terminal", () => {
  const linksAt = async (cols: number, text: string, row: number) => {
    const { made, write } = terminal();
    made.resize(cols, 24);
    await write(text);
    const seen: unknown[] = [];
    const provider = sourceLinkProvider(made, {
      hover: (target) => seen.push(target),
      openSource: (link) => seen.push(link),
    });
    const links = await new Promise<ILink[] | undefined>((done) => provider.provideLinks(row, done));
    return { links: links ?? [], seen };
  };

  it("cover the path where it stands, also behind wide characters", async () => {
    const { links, seen } = await linksAt(80, "模型 src/model.py:41: error\n", 1);
    expect(links.map(({ text, range }) => [text, range.start, range.end])).toEqual([
      ["src/model.py:41", { x: 6, y: 1 }, { x: 20, y: 1 }],
    ]);
    const event = new MouseEvent("click");
    links[0]?.hover?.(event, "");
    links[0]?.activate(event, "");
    expect(seen).toMatchObject(["src/model.py:41", { path: "src/model.py", line: 41 }]);
  });

  it("go on over the end of a row, whichever row is asked for", async () => {
    const text = `  File "/home/mara/${"x".repeat(30)}/train.py", line 88, in main\n`;
    for (const row of [1, 2]) {
      const { links } = await linksAt(40, text, row);
      expect(links).toHaveLength(1);
      expect([links[0]?.range.start.y, links[0]?.range.end.y]).toEqual([1, 2]);
      expect(links[0]?.text).toContain("train.py");
    }
    expect((await linksAt(40, "nothing here\n", 1)).links).toEqual([]);
  });
});
