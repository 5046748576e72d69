import type { Client } from "ssh2";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { connect, run, text } from "./remote";

let fleet: Fleet;
let mi300: Client;

beforeAll(async () => {
  fleet = await startFleet({ seed: 5 });
  mi300 = await connect(fleet, "mi300");
});

afterAll(() => {
  mi300.end();
  fleet.dispose();
});

const allFlags =
  "--showuse --showmemuse --showmeminfo vram --showtemp --showpower --showclocks --showfan --showid --showproductname " +
  "--showuniqueid --showbus --showpids --showdriverversion --showmaxpower --json";

test("one line of JSON, every value a string, the process list and the driver under system", async () => {
  const output = await text(mi300, `rocm-smi ${allFlags}`);
  expect(output.trimEnd()).not.toContain("\n");
  const { system, ...cards } = JSON.parse(output) as Record<string, Record<string, string>>;
  expect(Object.keys(cards)).toEqual(["card0", "card1", "card2", "card3"]);
  for (const card of Object.values(cards)) {
    for (const value of Object.values(card)) expect(typeof value).toBe("string");
    expect(card["VRAM Total Memory (B)"]).toBe("206141652992");
    expect(card["Current Socket Graphics Package Power (W)"]).toMatch(/^\d+\.0$/);
    expect(Object.keys(card).some((key) => key.startsWith("Fan"))).toBe(false);
  }
  expect(system?.["Driver version"]).toBe("6.12.12");
  const processes = Object.entries(system ?? {}).filter(([key]) => key.startsWith("PID"));
  expect(processes.map(([, value]) => value)).toEqual([
    expect.stringMatching(/^python, 2, \d+, 0, unknown$/),
    expect.stringMatching(/^python, 1, \d+, 0, unknown$/),
  ]);
});

test("only what was asked for; nothing to report is a warning with exit code 0; concise output has no JSON", async () => {
  const use = JSON.parse(await text(mi300, "rocm-smi --showuse --json")) as Record<string, object>;
  expect(Object.keys(use.card1 ?? {})).toEqual(["GPU use (%)", "GFX Activity"]);
  expect(await run(mi300, "rocm-smi --showpidgpus --json")).toMatchObject({
    stdout: Buffer.alloc(0),
    stderr: "WARNING: No JSON data to report\n\n",
    code: 0,
  });
  expect((await run(mi300, "rocm-smi --json")).code).toBe(1);
  expect(await text(mi300, "rocm-smi")).toContain("Concise Info");
});

test("sysfs tells the same cards, after the display of the management controller", async () => {
  const listing = 'cd "$HOST_SYS/class/drm"; for card in card*; do echo "$card $(cat $card/device/vendor)"; done';
  expect(await text(mi300, listing)).toBe("card0 0x1a03\ncard1 0x1002\ncard2 0x1002\ncard3 0x1002\ncard4 0x1002\n");
  const device = '"$HOST_SYS/class/drm/card1/device"';
  expect(await text(mi300, `cat ${device}/mem_info_vram_total; sed -n s/PCI_SLOT_NAME=//p ${device}/uevent`)).toBe(
    "206141652992\n0000:0c:00.0\n",
  );
  const monitor = await text(
    mi300,
    `cd ${device}/hwmon/hwmon*; cat name temp2_label temp2_input power1_input power1_cap`,
  );
  expect(monitor).toMatch(/^amdgpu\njunction\n\d{5}\n\d+000000\n750000000\n$/);
});

test("a lost card is absent from tool and sysfs, and comes back", async () => {
  fleet.fault("mi300", "gpu-lost", 1);
  const lost = JSON.parse(await text(mi300, "rocm-smi --showuse --json")) as object;
  expect(Object.keys(lost)).toEqual(["card0", "card2", "card3"]);
  expect((await run(mi300, 'cat "$HOST_SYS/class/drm/card2/device/gpu_busy_percent"')).code).toBe(1);
  fleet.fault("mi300", "none");
  expect((await run(mi300, 'cat "$HOST_SYS/class/drm/card2/device/gpu_busy_percent"')).code).toBe(0);
});
