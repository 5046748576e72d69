import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { GpuReportSchema } from "../../src/shared/gpu";
import { complaint, tensorline, valid } from "./cli";

const recorded = (path: string) => readFileSync(new URL(`../fixtures/gpu/${path}`, import.meta.url));

describe("tensorline parse", () => {
  const captures: readonly (readonly [format: string, file: string])[] = [
    ["nvidia-smi-xml", "nvidia/pascal-384.xml"],
    ["nvidia-smi-xml", "nvidia/rubin-615-mig.xml"],
    ["nvidia-smi-xml", "nvidia/cut-off.xml"],
    ["nvidia-smi-csv", "nvidia/loop.csv"],
    ["nvidia-smi-csv", "nvidia/tables.csv"],
    ["rocm-smi-json", "amd/rocm-3.json"],
    ["rocm-smi-json", "amd/rocm-7-noise.txt"],
    ["rocm-smi-json", "amd/hygon.json"],
  ];
  for (const [format, file] of captures) {
    it(`reads ${file} as ${format}`, async () => {
      const { code, stdout, stderr } = await tensorline(["parse", format], { input: recorded(file) });
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(valid(GpuReportSchema, stdout).gpus.length).toBeGreaterThan(0);
    });
  }

  it("gives what the tool itself reports as wrong as a warning", async () => {
    const input = recorded("amd/no-library.txt");
    const { code, stdout } = await tensorline(["parse", "rocm-smi-json"], { input });
    expect(code).toBe(0);
    expect(valid(GpuReportSchema, stdout).warnings).toMatchObject([{ reason: "libraryMissing" }]);
  });

  for (const format of ["nvidia-smi-xml", "nvidia-smi-csv", "rocm-smi-json"]) {
    const inputs = {
      nothing: "",
      "a letter": "Dear administrator,\nno GPU today.\n",
      noise: Buffer.from([0, 255, 254, 27, 10, 7]),
    };
    for (const [name, input] of Object.entries(inputs)) {
      it(`ends with 3 for ${name} instead of ${format}`, async () => {
        const outcome = await tensorline(["parse", format], { input });
        expect(outcome).toMatchObject({ code: 3, stdout: "" });
        expect(complaint(outcome)).toContain("cannot be understood");
      });
    }
  }
});
