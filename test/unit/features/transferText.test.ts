import { expect, it } from "vitest";
import { doneText, planText, sizeText } from "../../../src/features/files/transferText";

it.each([
  [0, "0 B"],
  [999, "999 B"],
  [18_000, "18 kB"],
  [999_499, "999 kB"],
  [999_600, "1 MB"],
  [1_073_741_824, "1.1 GB"],
  [45e9, "45 GB"],
  [3e15, "3000 TB"],
])("%d bytes are %s", (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});

it("says what would move and what moved", () => {
  const file = { kind: "file", path: "a", size: 6000, mtime: 0, mode: 0o644, offset: 0, part: "" } as const;
  expect(planText({ upload: [file, file, file], arrived: [], bytes: 18_000 })).toBe("3 files (18 kB)");
  const result = { files: 1, bytes: 18_000, deleted: 2, warnings: [] };
  expect(doneText("Synced", "to lab1:~/a", result, 1600)).toBe(
    "Synced 1 file (18 kB) to lab1:~/a, deleted 2 files there, in 2 s.",
  );
  expect(doneText("Synced", "to lab1:~/a", { ...result, files: 0, deleted: 0 }, 1)).toBe(
    "Everything was there already (to lab1:~/a).",
  );
  const warnings = [{ path: "pipe", reason: "specialFile" } as const];
  expect(doneText("Uploaded", "to lab1:~/a", { ...result, deleted: 0, warnings }, 300_000)).toBe(
    "Uploaded 1 file (18 kB) to lab1:~/a, in 5 min. pipe was left out: it is neither a file nor a folder.",
  );
});
