import { describe, expect, it } from "vitest";
import { lineLinks } from "../../../src/features/tensors/lineLinks";

const location = { file: "/code/model.py", line: 41, column: 8, endColumn: 20 };
const known = { location, openWords: "open model.py:41", showWords: "show shapes" };

const found = (line: string, failure: typeof known | undefined = known) =>
  lineLinks(line, failure).map(({ start, length, target }) => ({ text: line.slice(start, start + length), target }));

describe("links in a terminal", () => {
  it("are the files of a traceback, with the column where it is known", () => {
    expect(found('  File "/code/train.py", line 7, in main')).toMatchObject([
      {
        text: '/code/train.py", line 7',
        target: { place: { file: "/code/train.py", line: 7 }, isFailed: false },
      },
    ]);
    expect(found('[rank1]:   File "/code/model.py", line 41, in forward')).toMatchObject([
      { target: { kind: "place", place: location, isFailed: true } },
    ]);
    expect(found("│ model.py:41   self.fc2(h)")).toMatchObject([{ target: { place: location } }]);
    expect(found("a.cu:12:5: error", undefined)).toMatchObject([{ target: { place: { column: 4 }, isFailed: false } }]);
  });

  it("are the words under the box", () => {
    const line = "╰ open model.py:41 · show shapes ─────";
    expect(found(line)).toEqual([
      { text: "open model.py:41", target: { kind: "place", place: location, isFailed: true } },
      { text: "show shapes", target: { kind: "explanation" } },
    ]);
    expect(lineLinks("╰ show shapes ───", { openWords: "open ", showWords: "show shapes" })).toMatchObject([
      { start: 2, target: { kind: "explanation" } },
    ]);
    expect(found("╰ done ──────")).toEqual([]);
  });
});
