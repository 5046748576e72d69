import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { isFailure } from "../../src/core/failure";
import { parseCapture } from "../../src/core/gpu/captures";
import { type GpuReport, GpuReportSchema } from "../../src/shared/gpu";

/** Output recorded on real machines; it is not part of the repository. */
const folder = process.env.TENSORLINE_CAPTURES ?? fileURLToPath(new URL("../../../shared/captures", import.meta.url));
const isHere = existsSync(folder);
if (!isHere) console.warn(`captures of real machines are left out: there is no folder ${folder} (TENSORLINE_CAPTURES)`);

const mib = 2 ** 20;

function text(path: string): string {
  return readFileSync(`${folder}/${path}`, "utf8");
}

function parse(format: string, content: string): GpuReport {
  const report = parseCapture(format, content);
  v.parse(GpuReportSchema, report);
  return report;
}

function tryParse(format: string, content: string): GpuReport | undefined {
  try {
    return parse(format, content);
  } catch (error) {
    if (isFailure(error, "unreadable")) return undefined;
    throw error;
  }
}

interface Run {
  readonly argv: readonly string[];
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function runs(path: string): Run[] {
  return JSON.parse(text(path)) as Run[];
}

describe.runIf(isHere)("captures of real machines", () => {
  test.each([
    ["NVIDIA_k8s-test-infra__hw-qx-a100.xml", 1, { powerWatts: 49.68, powerLimitWatts: 400, temperatureCelsius: 33 }],
    [
      "NVIDIA_k8s-test-infra__hw-qx-gb200.xml",
      4,
      { memoryTotalBytes: 189471 * mib, powerWatts: 165.93, clockMhz: 120 },
    ],
    ["NVIDIA_k8s-test-infra__hw-qx-h100.xml", 8, { busId: "0000:53:00.0", powerWatts: 68.57, eccUncorrected: 0 }],
    ["NVIDIA_k8s-test-infra__hw-qx-t4.xml", 1, { powerWatts: 33.51, driverVersion: "595.91.07", eccUncorrected: 0 }],
    ["NVIDIA_k8s-test-infra__mock-qx-gb200-fabric-degraded.xml", 2, { utilizationPercent: 44, powerLimitWatts: 1000 }],
    ["NVIDIA_k8s-test-infra__mock-qx-gb200-throttle-counters.xml", 2, { utilizationPercent: 36, throttleReasons: [] }],
    [
      "influxdata_telegraf__a100-sxm4-v12.xml",
      1,
      { memoryUsedBytes: 50 * mib, powerWatts: 67.03, powerLimitWatts: 500 },
    ],
    ["influxdata_telegraf__a10g.xml", 1, { powerWatts: 25.58, fanPercent: 0, throttleReasons: [], eccUncorrected: 0 }],
    ["influxdata_telegraf__gtx-1070-ti.xml", 1, { fanPercent: 100, memoryUsedBytes: 42 * mib, performanceState: "P8" }],
    [
      "influxdata_telegraf__quadro-p400.xml",
      1,
      { driverVersion: "418.43", memoryUtilizationPercent: 3, fanPercent: 34 },
    ],
    ["influxdata_telegraf__rtx-3060-v12.xml", 1, { powerWatts: 11.6, powerLimitWatts: 170, busId: "0000:2d:00.0" }],
    [
      "influxdata_telegraf__rtx-3080-v12.xml",
      1,
      { powerWatts: 22.78, powerLimitWatts: 336, memoryUtilizationPercent: 37 },
    ],
    ["influxdata_telegraf__rtx-3080-v13.xml", 1, { utilizationPercent: 65, powerWatts: 139.62, clockMhz: 1950 }],
    ["microsoft_pai__nvidia_smi_outdated_gpu.xml", 1, { name: "GeForce GT 730", busId: "0000:01:00.0" }],
    ["microsoft_pai__nvidia_smi_sample.xml", 2, { utilizationPercent: 100, powerWatts: 119.47, memoryClockMhz: 3802 }],
    ["microsoft_pai__nvidia_smi_sample_ecc_unsupported.xml", 2, { powerWatts: 2.12, powerLimitWatts: 250 }],
  ])("%s", (file, count, first) => {
    const { gpus, warnings } = parse("nvidia-smi-xml", text(`nvidia/${file}`));
    expect(gpus).toHaveLength(count);
    expect(gpus[0]).toMatchObject(first);
    expect(warnings).toEqual([]);
  });

  test("XML: what boards do not tell is absent, processes and MIG instances are all there", () => {
    const old = parse("nvidia-smi-xml", text("nvidia/microsoft_pai__nvidia_smi_outdated_gpu.xml")).gpus[0];
    expect(Object.keys(old ?? {}).sort()).toEqual(["busId", "driverVersion", "index", "name", "uuid", "vendor"]);
    const quadro = parse("nvidia-smi-xml", text("nvidia/influxdata_telegraf__quadro-p400.xml")).gpus[0];
    for (const field of ["powerWatts", "powerLimitWatts", "eccUncorrected"]) expect(quadro).not.toHaveProperty(field);
    const throttled = parse("nvidia-smi-xml", text("nvidia/microsoft_pai__nvidia_smi_sample_ecc_unsupported.xml")).gpus;
    expect(throttled.map(({ throttleReasons }) => throttleReasons)).toEqual([[], ["power cap"]]);
    const mig = parse("nvidia-smi-xml", text("nvidia/influxdata_telegraf__a100-sxm4-v12.xml")).gpus[0]?.mig;
    expect(mig?.instances.map(({ id, memoryTotalBytes }) => [id, memoryTotalBytes])).toEqual(
      ["3", "4", "5", "6"].map((id) => [id, 19968 * mib]),
    );
    const { processes } = parse("nvidia-smi-xml", text("nvidia/influxdata_telegraf__rtx-3080-v12.xml"));
    expect(processes).toHaveLength(5);
    expect(processes[0]).toMatchObject({ pid: 835, name: "/usr/lib/Xorg", memoryBytes: 550 * mib, type: "G" });
    expect(parse("nvidia-smi-xml", text("nvidia/microsoft_pai__nvidia_smi_sample.xml")).processes).toHaveLength(4);
  });

  test.each([
    [
      "rtx-2080-super__595.71.05",
      { utilizationPercent: 0, powerWatts: 39.32, throttleReasons: ["power cap"] },
      { utilizationPercent: 8, powerWatts: 111.5, throttleReasons: [] },
      2,
    ],
    [
      "rtx-4080-super__595.71.05",
      { memoryUsedBytes: 596 * mib, powerWatts: 26.2 },
      { memoryUsedBytes: 1474 * mib, powerWatts: 84.24, clockMhz: 2805 },
      3,
    ],
    [
      "h100-80gb-hbm3__590.48.01",
      { throttleReasons: [] },
      { utilizationPercent: 100, powerWatts: 631.95, memoryTemperatureCelsius: 54 },
      3,
    ],
    [
      "h100-mig__590.48.01",
      { mig: { enabled: true, instances: [] }, powerWatts: 71.15 },
      { memoryUsedBytes: 11125 * mib, powerWatts: 433.78 },
      3,
    ],
  ])("CSV of all fields, %s", (name, idle, load, processCount) => {
    const file = readdirSync(`${folder}/nvidia`).find((entry) => entry.includes(name)) ?? "";
    const section = (title: string) => sectionOf(text(`nvidia/${file}`), title);
    const before = parse("nvidia-smi-csv", section("idle :: query-gpu"));
    const after = parse("nvidia-smi-csv", section("load :: query-gpu"));
    expect(before.gpus).toMatchObject([idle]);
    expect(after.gpus).toMatchObject([load]);
    const joined = `${section("load :: query-gpu")}\n${section("load :: query-compute-apps")}`;
    const { processes } = parse("nvidia-smi-csv", joined);
    expect(processes).toHaveLength(processCount);
    for (const process of processes) expect(process).toMatchObject({ gpuIndex: 0, memoryBytes: expect.any(Number) });
    expect(parse("nvidia-smi-csv", text(`nvidia/${file}`)).gpus).toHaveLength(1);
  });

  test("CSV with MIG: utilization is not known", () => {
    const file = readdirSync(`${folder}/nvidia`).find((entry) => entry.includes("h100-mig")) ?? "";
    const { gpus } = parse("nvidia-smi-csv", sectionOf(text(`nvidia/${file}`), "load :: query-gpu"));
    expect(gpus[0]).not.toHaveProperty("utilizationPercent");
    expect(gpus[0]).not.toHaveProperty("fanPercent");
  });

  test.each(["a100-none", "h100-none", "h100-lost", "h100-ecc_uncorrectable", "t4-none"])("driver 550: %s", (name) => {
    const all = runs(`nvidia-550/${name}.json`);
    const withHeader = all.filter(
      ({ argv }) =>
        argv.some((word) => word.startsWith("--query-gpu=") && word.includes(",")) && !argv.join().includes("noheader"),
    );
    for (const { stdout, exit } of withHeader) {
      const report = tryParse("nvidia-smi-csv", stdout);
      if (exit === 2) expect(report?.warnings.map(({ reason }) => reason)).toEqual(["unknownField"]);
      else expect(report?.gpus.map(({ index }) => index)).toEqual(report?.gpus.map((_, at) => at));
      if (exit !== 2) expect(report?.gpus.length).toBe(name.startsWith("t4") ? 4 : 8);
      const lost = report?.warnings.filter(({ reason }) => reason === "gpuLost").map(({ gpuIndex }) => gpuIndex);
      if (exit !== 2) expect(lost).toEqual(name === "h100-lost" ? [1] : []);
    }
    expect(withHeader.length).toBeGreaterThan(2);
    for (const { argv, stdout } of all) {
      const isBare = argv.join().includes("noheader");
      if (isBare) expect(tryParse("nvidia-smi-csv", stdout)).toBeUndefined();
    }
    const apps = all.find(({ argv }) =>
      argv.some((word) => word.startsWith("--query-compute-apps=") && word.includes("name")),
    );
    const { processes } = parse("nvidia-smi-csv", apps?.stdout ?? "");
    expect(processes.slice(0, 2)).toMatchObject([
      { pid: 4242, name: "python", memoryBytes: 31234 * mib },
      { pid: 4243, name: "/opt/conda/envs/a b/bin/python", memoryBytes: 512 * mib },
    ]);
    const details = all.find(({ argv }) => argv.includes("-x"));
    expect(tryParse("nvidia-smi-xml", details?.stdout ?? "")).toBeUndefined();
  });

  test("driver 550: errors that counted up", () => {
    const run = runs("nvidia-550/h100-ecc_uncorrectable.json").find(
      ({ argv }) => argv.at(-1) === "--format=csv" && argv.join().includes("ecc."),
    );
    const { warnings, gpus } = parse("nvidia-smi-csv", run?.stdout ?? "");
    expect(warnings).toMatchObject([{ reason: "eccErrors", gpuIndex: 1 }]);
    expect(gpus[1]?.eccUncorrected).toBeGreaterThan(0);
  });

  test.each([
    ["no-driver", "driverNotLoaded"],
    ["no-library", "libraryMissing"],
  ])("driver 550: %s", (name, reason) => {
    const failing = runs(`nvidia-550/${name}.json`).filter(({ argv }) => !argv.join().includes("help"));
    expect(failing.length).toBeGreaterThan(5);
    for (const { stdout, argv } of failing) {
      const report = parse(argv.includes("-x") ? "nvidia-smi-xml" : "nvidia-smi-csv", stdout);
      expect(report.warnings.map((warning) => warning.reason)).toEqual([reason]);
    }
  });

  test.each([
    ["determined-ai_determined__rocm-smi-4gpu.json", 4, { busId: "0000:63:00.0", uuid: "0x7ef570db1b346018" }],
    [
      "gpustack_gpustack__amd-gpu-6.2.4-rocm-smi.json",
      1,
      { utilizationPercent: 100, memoryUsedBytes: 11615076352, powerWatts: 53 },
    ],
    [
      "gpustack_gpustack__hygon-gpu-24.04.3-rocm-smi.json",
      1,
      { memoryTotalBytes: 65520 * mib, memoryUsedBytes: 2 * mib, utilizationPercent: 0 },
    ],
    ["influxdata_telegraf__mi100_rocm571.json", 6, { name: "Arcturus GL-XL [Instinct MI100]", powerLimitWatts: 290 }],
    [
      "influxdata_telegraf__rx6700xt_rocm430.json",
      1,
      { powerWatts: 6, memoryTemperatureCelsius: 46, driverVersion: "6.3.6" },
    ],
    ["influxdata_telegraf__rx6700xt_rocm571.json", 1, { clockMhz: 500, memoryClockMhz: 96 }],
    [
      "influxdata_telegraf__rx6700xt_rocm602.json",
      1,
      { powerLimitWatts: 211, name: "Navi 22 [Radeon RX 6700/6700 XT / 6800M]" },
    ],
    ["influxdata_telegraf__vega-20-WKS-GL-XE.json", 1, { name: "Radeon Instinct MI50 32GB", fanPercent: 0 }],
    ["microsoft_pai__rocm_smi.json", 2, { index: 1, memoryUsedBytes: 325533696, fanPercent: 20, clockMhz: 808 }],
  ])("rocm-smi, %s", (file, count, first) => {
    const { gpus, warnings } = parse("rocm-smi-json", text(`amd/${file}`));
    expect(gpus).toHaveLength(count);
    expect(gpus[0]).toMatchObject(first);
    expect(warnings).toEqual([]);
  });

  test("rocm-smi: a die without a sensor of its own has no power", () => {
    const { gpus } = parse("rocm-smi-json", text("amd/influxdata_telegraf__rx6700xt_rocm602.json"));
    expect(gpus[0]).not.toHaveProperty("powerWatts");
  });

  test.each([
    ["mi300x", 4, { temperatureCelsius: 88, powerWatts: 742, utilizationPercent: 100 }, [48213, 51007, 60111]],
    ["rx7900xtx", 1, { temperatureCelsius: 61, powerWatts: 287, fanPercent: 30 }, [5120, 7001]],
  ])("rocm-smi 6.4.1, %s", (name, count, first, pids) => {
    const all = runs(`amd-genuine/rocm-smi-6.4.1-${name}.json`);
    const whole = all.find(
      ({ argv }) => argv.includes("--showpids") && argv.includes("--showuse") && argv.includes("--json"),
    );
    const { gpus, processes } = parse("rocm-smi-json", whole?.stdout ?? "");
    expect(gpus).toHaveLength(count);
    expect(gpus[0]).toMatchObject(first);
    expect(processes.map(({ pid }) => pid)).toEqual(pids);
    for (const { argv, stdout, stderr } of all.filter(({ argv }) => argv.includes("--json")))
      expect(tryParse("rocm-smi-json", stdout + stderr) !== undefined || argv.includes("--version")).toBe(true);
  });

  test.each([
    ["nodriver", "driverNotLoaded"],
    ["nolib-genuine", "libraryMissing"],
  ])("rocm-smi 6.4.1, %s", (name, reason) => {
    for (const { stdout, stderr } of runs(`amd-genuine/rocm-smi-6.4.1-${name}.json`))
      expect(parse("rocm-smi-json", stdout + stderr).warnings.map((warning) => warning.reason)).toEqual([reason]);
  });
});

/** One section of a capture that holds the output of several commands between rules of `#`. */
function sectionOf(whole: string, title: string): string {
  const start = whole.indexOf(`# ${title}`);
  const rule = "#".repeat(80);
  const body = whole.indexOf(rule, start) + rule.length;
  const end = whole.indexOf(rule, body);
  return whole.slice(body, end < 0 ? undefined : end);
}
