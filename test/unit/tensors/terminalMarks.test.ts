import { describe, expect, it } from "vitest";
import { createMarkSeeker, type ShellMark } from "../../../src/core/tensors/terminal/marks";

/** All marks of the pieces, and the text that went past, which is to be what came in. */
function seek(pieces: readonly string[]): { marks: ShellMark[]; text: string } {
  const seeker = createMarkSeeker();
  const marks: ShellMark[] = [];
  let text = "";
  for (const piece of pieces) {
    for (let rest = piece; rest !== ""; ) {
      const found = seeker.next(rest);
      text += found.text;
      if (found.mark) marks.push(found.mark);
      if (found.text.length + found.rest.length !== rest.length) throw new Error("something was lost");
      rest = found.rest;
    }
  }
  return { marks, text };
}

const prompt = "\u001b]633;D;1\u0007\u001b]633;P;Cwd=/a\\x3bb\\\\c\u0007\u001b]633;A\u001b\\$ \u001b]633;B\u0007";
const session = `out${prompt}python x.py\r\n\u001b]133;C\u0007loss \u001b[1m1\u001b[0m\r\n\u001b]133;D;0;aid=7\u0007`;
const marks: ShellMark[] = [
  { kind: "commandEnds", status: 1 },
  { kind: "folder", path: "/a;b\\c" },
  { kind: "promptBegins" },
  { kind: "promptEnds" },
  { kind: "commandBegins" },
  { kind: "commandEnds", status: 0 },
];

describe("the marks of a shell", () => {
  it("are found wherever the output is cut, and nothing of it is held back or lost", () => {
    expect(seek([session])).toEqual({ marks, text: session });
    expect(seek([...session])).toEqual({ marks, text: session });
    for (let at = 1; at < session.length; at++) {
      expect(seek([session.slice(0, at), session.slice(at)])).toEqual({ marks, text: session });
    }
  });

  it("end right behind their own last character", () => {
    expect(createMarkSeeker().next("a\u001b]633;D;2\u0007b\u001b]633;A\u0007")).toEqual({
      text: "a\u001b]633;D;2\u0007",
      mark: { kind: "commandEnds", status: 2 },
      rest: "b\u001b]633;A\u0007",
    });
  });

  it.each([
    ["another sequence", "\u001b]0;title\u0007\u001b]52;c;aGk=\u0007\u001b]8;;http://x\u001b\\x"],
    ["a broken one", "\u001b]633;D;1\u0018\u001b]633;D;1\u001b[0m"],
    ["a letter that nobody knows", "\u001b]633;X;1\u0007\u001b]633\u0007\u001b]633;DD\u0007"],
    [
      "a folder that is none",
      "\u001b]633;P;Cwd=relative\u0007\u001b]633;P;Cwd=/a\\x1bb\u0007\u001b]633;P;Task=1\u0007",
    ],
    ["one without an end", `\u001b]633;D;${"1".repeat(5000)}`],
  ])("are not seen in %s", (_, text) => {
    expect(seek([text])).toEqual({ marks: [], text });
    expect(seek([...text])).toEqual({ marks: [], text });
  });

  it("are seen again after a sequence without an end", () => {
    const text = `\u001b]0;${"x".repeat(9000)}\u001b]633;D;3\u0007`;
    expect(seek([text]).marks).toEqual([{ kind: "commandEnds", status: 3 }]);
    expect(seek([...text]).marks).toEqual([{ kind: "commandEnds", status: 3 }]);
  });

  it("tell no status that is no number", () => {
    expect(seek(["\u001b]633;D\u0007\u001b]633;D;-1\u0007\u001b]633;D;99999\u0007"]).marks).toEqual([
      { kind: "commandEnds" },
      { kind: "commandEnds" },
      { kind: "commandEnds" },
    ]);
  });
});
