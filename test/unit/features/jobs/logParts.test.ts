import { describe, expect, it } from "vitest";
import { createGpuLife } from "../../../../src/features/jobs/gpuLife";
import { firstLine, headLength, lastLine, tailStart, thinned } from "../../../../src/features/jobs/logPages";
import { createLogRing } from "../../../../src/features/jobs/logRing";
import { createUrlReader } from "../../../../src/features/jobs/urlsInLog";
import type { GpuSeries } from "../../../../src/shared/gpuPanel";
import { sourceLinks } from "../../../../src/shared/sourceLinks";
import { gpu, report } from "../../../webview/samples";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (from: Uint8Array) => new TextDecoder().decode(from);

describe("the ring", () => {
  it("holds the newest bytes by their position, however they come", () => {
    const all = bytes(Array.from({ length: 200 }, (_, at) => String.fromCharCode(33 + (at % 90))).join(""));
    for (const piece of [1, 3, 16, 17, 40, 200]) {
      const ring = createLogRing(1000, 16);
      for (let at = 0; at < all.length; at += piece) ring.add(all.subarray(at, at + piece));
      expect([ring.from, ring.end]).toEqual([1184, 1200]);
      expect(text(ring.slice(1184, 1200))).toBe(text(all.subarray(184)));
      expect(text(ring.slice(1190, 1193))).toBe(text(all.subarray(190, 193)));
      expect(ring.slice(0, 1184)).toHaveLength(0);
      expect(ring.slice(1199, 5000)).toHaveLength(1);
    }
  });

  it("copies what it is given", () => {
    const ring = createLogRing(0, 16);
    const chunk = bytes("abc");
    ring.add(chunk);
    chunk.fill(0);
    expect(text(ring.slice(0, 3))).toBe("abc");
  });
});

describe("cuts at lines", () => {
  it("begin at a whole line, and leave a line that never ends as it is", () => {
    expect(firstLine(bytes("\nab\ncd"), 10)).toBe(10);
    expect(firstLine(bytes("xab\ncd"), 10)).toBe(13);
    expect(firstLine(bytes("ab\ncd"), 0)).toBe(0);
    expect(firstLine(bytes("abcd"), 10)).toBe(10);
    expect(firstLine(bytes("abcd\n"), 10)).toBe(10);
  });

  it("end at a whole line, or at the end of the log", () => {
    expect(lastLine(bytes("ab\ncd"), false)).toBe(3);
    expect(lastLine(bytes("ab\ncd"), true)).toBe(5);
    expect(lastLine(bytes("abcd"), false)).toBe(4);
  });

  it("keep no more lines than a terminal does", () => {
    expect(headLength(bytes("a\nb\nc\n"), 2)).toBe(4);
    expect(headLength(bytes("a\nb"), 5)).toBe(3);
    expect(tailStart(bytes("a\nb\nc\n"), 2)).toBe(2);
    expect(tailStart(bytes("a\nb\nc"), 2)).toBe(2);
    expect(tailStart(bytes("a\nb"), 5)).toBe(0);
  });

  it("choose moments evenly, with the first and the last", () => {
    const index = Array.from({ length: 1001 }, (_, at) => ({ at: String(at), bytes: at }));
    const few = thinned(index, 11);
    expect(few.map(({ bytes: at }) => at)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    expect(thinned(few, 500)).toBe(few);
  });
});

describe("the life of GPUs", () => {
  it("keeps the whole of it in bounded memory, with its gaps", () => {
    const life = createGpuLife([{ uuid: "GPU-00000001", index: 7 }]);
    for (let second = 0; second < 10_000; second++) {
      const utilization = second < 5000 ? 20 : 80;
      const pause = second < 5000 ? 0 : 120_000;
      life.add(second * 1000 + pause, report({ gpus: [gpu(0), gpu(1, { utilizationPercent: utilization })] }));
    }
    const { times, gpus } = life.readings();
    const values = gpus[0]?.utilizationPercent ?? [];
    expect(times.length).toBeLessThanOrEqual(1201);
    expect(times.length).toBeGreaterThan(600);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect([times[0], values[0], values.at(-1), values.includes(null)]).toEqual([0, 20, 80, true]);
    expect(gpus[0]).toMatchObject({ index: 1, name: "NVIDIA H100 80GB HBM3" });
    expect(values).toHaveLength(times.length);
  });

  it("goes on from what was seen before, and from what was sampled for others", () => {
    const before = createGpuLife([{ index: 1 }]);
    before.add(1000, report());
    before.add(2000, report());
    const life = createGpuLife([{ index: 1 }], before.readings());
    const series = { index: 1, utilizationPercent: [1, 2, 3], memoryUsedBytes: [1, 2, 3] };
    life.seed({ times: [500, 2000, 3000], gpus: [series as GpuSeries] }, 0);
    life.add(3000, report());
    expect(life.readings().times).toEqual([1000, 2000, 3000]);
    expect(life.readings().gpus[0]?.utilizationPercent).toEqual([98, 98, 3]);
  });

  it("knows nothing of a GPU that is not there", () => {
    const life = createGpuLife([{ index: 5 }]);
    life.add(1000, report());
    expect(life.readings().gpus).toEqual([{ index: 5, utilizationPercent: [null], memoryUsedBytes: [null] }]);
  });
});

describe("addresses in output", () => {
  it("are those of the host's loopback, the newest of each port", () => {
    const reader = createUrlReader();
    reader.feed(bytes("at http://127.0.0.1:8888/lab?token=ab12 or http://0.0.0.0:6006/ and http://gpu7:6007/\n"));
    reader.feed(bytes("http://localhost:8888/lab?token=cd34\n"));
    expect(reader.current()).toEqual([
      { port: 6006, url: "http://0.0.0.0:6006/" },
      { port: 8888, url: "http://localhost:8888/lab?token=cd34" },
    ]);
  });
});

describe("links to source", () => {
  it.each([
    ['  File "/home/mara/my proj/train.py", line 41, in <module>', "/home/mara/my proj/train.py", 41, undefined],
    ["src/model.py:12:7: error: bad type", "src/model.py", 12, 7],
    ["E   tests/test_a.py:3: AssertionError", "tests/test_a.py", 3, undefined],
    ["kernel.cu:88: warning", "kernel.cu", 88, undefined],
  ])("are found in %s", (line, path, at, column) => {
    const [link] = sourceLinks(line);
    expect(link).toMatchObject({ path, line: at });
    expect(link?.column).toBe(column);
    expect(line.slice(link?.start, link?.end)).toContain(path);
  });

  it.each([
    "12:34:56 epoch 3",
    "gpu7.example.org:22",
    "listening on 10.0.0.1:8080",
    "torch 2.13.0:cu130",
    'File "<string>", line 1',
    "https://example.org:443/x",
    `${"a".repeat(5000)} x.py:1`,
  ])("are not found in %s", (line) => {
    expect(sourceLinks(line)).toEqual([]);
  });
});
