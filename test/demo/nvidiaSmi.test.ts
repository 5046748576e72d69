import { SaxesParser } from "saxes";
import type { Client } from "ssh2";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { connect, open, outcome, readUntil, run, text } from "./remote";

let fleet: Fleet;
let lab: Client;
let rtx: Client;

beforeAll(async () => {
  fleet = await startFleet({ seed: 5 });
  [lab, rtx] = await Promise.all([connect(fleet, "lab1"), connect(fleet, "rtx")]);
});

afterAll(() => {
  lab.end();
  rtx.end();
  fleet.dispose();
});

const rows = (csv: string) =>
  csv
    .trimEnd()
    .split("\n")
    .map((line) => line.split(", "));

describe("the simulated nvidia-smi --query-gpu", () => {
  test("prints canonical headers with units, in the order asked for, under any alias", async () => {
    const query = "clocks.sm,index,clocks_throttle_reasons.active,memory.total,gpu_name,enforced.power.limit";
    const [header, first] = rows(await text(lab, `nvidia-smi --query-gpu=${query} --format=csv`));
    expect(header).toEqual([
      "clocks.current.sm [MHz]",
      "index",
      "clocks_event_reasons.active",
      "memory.total [MiB]",
      "name",
      "enforced.power.limit [W]",
    ]);
    expect(first).toEqual([
      expect.stringMatching(/^\d+ MHz$/),
      "0",
      expect.stringMatching(/^0x[0-9A-F]{16}$/),
      "81559 MiB",
      "NVIDIA H100 80GB HBM3",
      "700.00 W",
    ]);
  });

  test("leaves out header and units when told to, and units only where there is a number", async () => {
    const query = "index,fan.speed,memory.total,utilization.gpu,mig.mode.current";
    const plain = rows(await text(lab, `nvidia-smi --query-gpu=${query} --format=csv,noheader,nounits`));
    expect(plain.length).toBe(8);
    expect(plain[0]).toEqual(["0", "[N/A]", "81559", expect.stringMatching(/^\d+$/), "Disabled"]);
    expect(plain[2]).toEqual(["2", "[N/A]", "81559", "[N/A]", "Enabled"]);
  });

  test("knows every field its help lists, and the help differs between drivers", async () => {
    const help = await text(lab, "nvidia-smi --help-query-gpu");
    const names = [...help.matchAll(/^"([^"]+)"(?: or "([^"]+)")?$/gm)];
    expect(names.length).toBeGreaterThan(60);
    const all = names.flatMap(([, name, alias]) => [name ?? "", ...(alias === undefined ? [] : [alias])]);
    const [row] = rows(await text(lab, `nvidia-smi -i 0 --query-gpu=${all.join(",")} --format=csv,noheader`));
    expect(row?.length).toBe(all.length);
    expect(row?.every((cell) => cell !== "")).toBe(true);
    expect(all).toContain("gpu_recovery_action");
    expect(await text(rtx, "nvidia-smi --help-query-gpu")).not.toContain("gpu_recovery_action");
  });

  test("one unknown field fails the whole query, on standard output with exit code 2", async () => {
    expect(await run(lab, "nvidia-smi --query-gpu=index,no.such.field --format=csv")).toMatchObject({
      stdout: Buffer.from('Field "no.such.field" is not a valid field to query.\n\n'),
      stderr: "",
      code: 2,
    });
  });

  test("selects by index, uuid and bus id, and says when nothing matches", async () => {
    const [[uuid = "", bus = ""] = []] = rows(
      await text(lab, "nvidia-smi -i 5 --query-gpu=uuid,pci.bus_id --format=csv,noheader"),
    );
    for (const id of [uuid, bus, "5"]) {
      expect(await text(lab, `nvidia-smi --id=${id} --query-gpu=index --format=csv,noheader`)).toBe("5\n");
    }
    expect(await run(lab, "nvidia-smi -i 99 -L")).toMatchObject({
      stdout: Buffer.from("No devices were found\n\n"),
      code: 6,
    });
  });

  test("a loop prints the header once, then a block of rows a tick, with values that change", async () => {
    const channel = await open(lab, "nvidia-smi --query-gpu=timestamp,index,power.draw --format=csv -lms 100");
    const read = await readUntil(channel, (seen) => new Set(seen.match(/, 4, [\d.]+ W/g)).size > 2);
    channel.close();
    expect(read.match(/timestamp/g)?.length).toBe(1);
    expect(read).toMatch(/^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{3}, 0, /m);
  });
});

describe("the other modes", () => {
  test("-L lists MIG devices below their GPU", async () => {
    const list = await text(lab, "nvidia-smi -L");
    expect(list).toMatch(/^GPU 0: NVIDIA H100 80GB HBM3 \(UUID: GPU-[0-9a-f-]{36}\)$/m);
    expect(list.match(/^ {2}MIG [13]g\.[14]0gb {5}Device {2}\d: \(UUID: MIG-[0-9a-f-]{36}\)$/gm)?.length).toBe(5);
  });

  test("-q -x is one well-formed document with MIG devices and the instances of processes", async () => {
    const document = await text(lab, "nvidia-smi -q -x");
    const counts = new Map<string, number>();
    const parser = new SaxesParser();
    parser.on("opentag", (tag) => counts.set(tag.name, (counts.get(tag.name) ?? 0) + 1));
    parser.on("error", (error) => {
      throw error;
    });
    parser.write(document).close();
    expect([counts.get("gpu"), counts.get("mig_device"), counts.get("process_info")]).toEqual([8, 5, 8]);
    expect(document).toContain("nvsmi_device_v13.dtd");
    expect(document).toMatch(
      /<gpu_instance_id>9<\/gpu_instance_id>\s*<compute_instance_id>0<\/compute_instance_id>\s*<pid>/,
    );
    expect(document).not.toContain("[N/A]");
    expect(await text(rtx, "nvidia-smi -q -x")).toContain("nvsmi_device_v12.dtd");
  });

  test("the plain table keeps its shape", async () => {
    const lines = (await text(lab, "nvidia-smi")).trimEnd().split("\n").slice(1);
    expect(lines.filter((line) => line !== "").every((line) => line.length === 91)).toBe(true);
    expect(lines.join("\n")).toMatch(
      /\| NVIDIA-SMI 580\.105\.08 +Driver Version: 580\.105\.08 +CUDA Version: 13\.0 +\|/,
    );
    expect(lines.filter((line) => / {6}C {3}\S+python /.test(line)).length).toBe(8);
  });
});

describe("faults", () => {
  test("a lost GPU: readable cells stay, the rest and later the index are lost, the others go on", async () => {
    fleet.fault("lab1", "gpu-lost", 6);
    const channel = await open(
      lab,
      "nvidia-smi --query-gpu=index,memory.used,power.limit --format=csv,noheader -lms 50",
    );
    const read = await readUntil(channel, (seen) => (seen.match(/^7, /gm)?.length ?? 0) > 1);
    channel.close();
    const lost = read.split("\n").filter((line) => line.includes("lost"));
    expect(lost[0]).toBe("6, [GPU is lost], 700.00 W");
    expect(lost[1]).toBe("[GPU is lost], [GPU is lost], 700.00 W");
    expect((await run(lab, "nvidia-smi")).code).toBe(15);
    expect(await text(lab, "nvidia-smi -q -x")).toContain("<gpu_util>GPU is lost</gpu_util>");
  });

  test("driver mismatch", async () => {
    fleet.fault("lab1", "driver-mismatch");
    expect(await run(lab, "nvidia-smi --query-gpu=index --format=csv -lms 100")).toMatchObject({
      stdout: Buffer.from(
        "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.105\n\n",
      ),
      code: 18,
    });
  });

  test("hang: a running loop falls silent without ending, and can be killed", async () => {
    fleet.fault("lab1", "none");
    const channel = await open(
      lab,
      "nvidia-smi --query-gpu=index --format=csv,noheader -lms 50 & echo pid $!; wait $!; echo $?",
    );
    const pid = /pid (\d+)/.exec(
      await readUntil(channel, (seen) => seen.includes("pid") && seen.includes("7\n0\n")),
    )?.[1];
    fleet.fault("lab1", "hang");
    await text(lab, `until test "$(tr '\\0' ' ' </proc/${pid}/cmdline)" = 'sleep 1000000 '; do :; done`);
    const ended = outcome(channel);
    await run(lab, `kill ${pid}`);
    expect((await ended).stdout.toString()).toMatch(/143\n$/);
  });

  test("garbage: bytes that are no text and a line of ten megabytes", async () => {
    fleet.fault("lab1", "garbage");
    const { stdout } = await run(lab, "nvidia-smi --query-gpu=index --format=csv,noheader");
    expect(
      Math.max(
        ...stdout
          .toString("latin1")
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBe(10 * 1024 ** 2);
    expect(stdout.includes(0)).toBe(true);
    fleet.fault("lab1", "none");
    expect(await text(lab, "nvidia-smi --query-gpu=index --format=csv,noheader -i 1")).toBe("1\n");
  });

  test("cut: the connection breaks in the middle, new ones are refused, other hosts go on", async () => {
    const victim = await connect(fleet, "lab1");
    const channel = await open(victim, "echo $$; exec sleep 1000");
    const pid = await readUntil(channel, (seen) => seen.endsWith("\n"));
    const broken = new Promise<void>((resolve) => {
      victim.removeAllListeners("error").on("error", () => undefined);
      victim.once("close", () => resolve());
    });
    lab.removeAllListeners("error").on("error", () => undefined);
    fleet.fault("lab1", "cut");
    await broken;
    await expect(connect(fleet, "lab1")).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await text(rtx, "hostname")).toBe("rtx\n");
    await run(
      rtx,
      `while kill -0 ${pid.trim()} 2>/dev/null; do case $(cat /proc/${pid.trim()}/stat 2>/dev/null) in *") Z "*) break;; esac; done`,
    );
    expect(fleet.fault("nowhere", "cut")).toBe(false);
  });
});
