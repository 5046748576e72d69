import { expect, it } from "vitest";
import { hostLines } from "../../../src/cli/gpuTable";
import { tableLines } from "../../../src/cli/table";

it("lines columns up on their side", () => {
  const lines = tableLines(
    [{ heading: "GPU", align: "right" }, { heading: "NAME" }],
    [
      ["0", "H100"],
      ["10", "A"],
    ],
  );
  expect(lines).toEqual(["GPU  NAME", "  0  H100", " 10  A"]);
});

it("shows what is not known as a dash and never as zero, and disarms a host's text", () => {
  const text = hostLines(
    {
      host: "lab1",
      gpus: [{ vendor: "nvidia", index: 0, name: "NVIDIA H100 80GB HBM3" }],
      processes: [{ pid: 7, gpuIndex: 0, command: "python \u001b[31mred\u202e.py" }],
      warnings: [],
    },
    80,
  ).join("\n");
  expect(text).toMatch(/H100(\s+–){5}\n/);
  expect(text).not.toMatch(/\bNaN\b|undefined| 0 %/);
  expect(text).not.toContain("\u001b");
  expect(text).not.toContain("\u202e");
});
