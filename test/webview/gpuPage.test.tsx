// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { buttonNamed, openPage, standInForBrowser } from "./page";
import { bigHost, GIB, gib, gpu, historyOf, NOON, panelState, process, report } from "./samples";

standInForBrowser(300);

const unknownGpu = gpu(0, {
  name: undefined,
  utilizationPercent: undefined,
  memoryUsedBytes: undefined,
  memoryTotalBytes: undefined,
  powerWatts: undefined,
  powerLimitWatts: undefined,
  temperatureCelsius: undefined,
  clockMhz: undefined,
  performanceState: undefined,
  throttleReasons: undefined,
  eccUncorrected: undefined,
});

describe("a GPU's row", () => {
  it("shows memory, who and how busy", () => {
    const page = openPage();
    page.show(report({ gpus: [gpu(0, { throttleReasons: ["power cap"] })] }));
    expect(page.text(".gpu-row")).toBe("0H100 80GBalice71 / 80 GB");
    expect(page.text(".gpu-activity")).toBe("98 %612 / 700 W66 °Cpower cap");
    expect(page.find(".bar-fill").style.width).toBe("88.8%");
  });

  it("shows what is unknown as a dash with the reason, never as 0 or NaN", () => {
    const page = openPage();
    page.show(report({ gpus: [unknownGpu], processes: [], system: {} }));
    expect(page.text(".gpu-memory")).toBe("–");
    expect(page.find(".gpu-memory").title).toContain("not reported");
    expect(page.text(".gpu-activity")).toBe("––––");
    expect(page.root.textContent).not.toMatch(/NaN|undefined|null|\b0 (?:%|W|°C|MHz)/);
    expect(page.find(".bar").dataset.unknown).toBe("true");
  });

  it("says that MIG hides the load, and has a row for each instance", () => {
    const page = openPage();
    page.show(bigHost(NOON));
    const row = page.find('.gpu[data-gpu="nvidia 2"]');
    expect(row.querySelector<HTMLElement>(".gpu-utilization")?.title).toBe("not available while MIG is on");
    const slices = [...row.querySelectorAll(".slice")].map((slice) => slice.textContent);
    expect(slices).toEqual(["1g.10gbyou4.0 / 9.8 GB", "3g.40gbbob20 / 40 GB", "1g.10gbfree0.0 / 9.8 GB"]);
  });

  it("tells a lost GPU by words, keeps its name and says what to do", () => {
    const page = openPage();
    page.show(bigHost(NOON));
    const lost = { ...bigHost(NOON), gpus: bigHost(NOON).gpus.filter((one) => one.index !== 6) };
    page.deliver("sample", { time: NOON + 1000, report: lost });
    const row = page.find('.gpu[data-gpu="nvidia 6"]');
    expect(row.textContent).toContain("H100 80GB");
    expect(row.querySelector(".who")?.textContent).toBe("fell off the bus");
    expect(row.querySelector("details")?.textContent).toContain("Only a reboot");
  });

  it("leaves the rows that a reading does not change untouched", () => {
    const page = openPage();
    page.show(report());
    const row = (index: number) => page.find(`.gpu[data-gpu="nvidia ${index}"] .gpu-utilization`);
    const before = [row(0), row(1)];
    const changes: Node[] = [];
    const observer = new MutationObserver((records) => changes.push(...records.map((record) => record.target)));
    observer.observe(page.find(".gpus"), { subtree: true, childList: true, characterData: true, attributes: true });
    page.deliver("sample", {
      time: NOON + 1000,
      report: report({ gpus: [gpu(0), gpu(1, { utilizationPercent: 12 })] }),
    });
    const touched = [...changes, ...observer.takeRecords().map((record) => record.target)];
    expect([row(0), row(1)]).toEqual(before);
    expect(row(1).textContent).toBe("12 %");
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.every((node) => page.find('.gpu[data-gpu="nvidia 1"]').contains(node))).toBe(true);
  });
});

describe("the connection", () => {
  it("is silent for 300 ms, then says the step and the time, and can be cancelled", () => {
    const page = openPage();
    page.deliver("state", panelState({ state: { kind: "connecting", since: NOON, step: "logging in" } }));
    expect(page.root.querySelector(".banner")).toBeNull();
    page.at(2000);
    expect(page.text(".banner p")).toBe("Connecting to lab1: logging in · 2 s");
    expect(page.all(".banner button").map((button) => button.textContent)).toEqual(["Cancel"]);
    page.at(5100);
    expect(page.all(".banner button").map((button) => button.textContent)).toEqual(["Cancel", "Show log"]);
    page.click(".banner button");
    expect(page.sent).toEqual([{ method: "act", params: { action: "disconnect" } }]);
  });

  it("asks, counts down and explains in the extension's words, with its buttons", () => {
    const page = openPage();
    const problem = { reason: "unreachable", message: "lab1 cannot be reached." };
    page.deliver("state", panelState({ state: { kind: "needsYou", since: NOON, question: "Password?" } }));
    expect(page.text(".banner")).toBe("Password?Cancel");
    page.deliver(
      "state",
      panelState({ state: { kind: "reconnecting", retryAt: NOON + 9000, problem }, actions: ["retry"] }),
    );
    page.at(1000);
    expect(page.text(".banner")).toBe("lab1 cannot be reached. · reconnecting in 8 sTry again");
    page.deliver(
      "state",
      panelState({ state: { kind: "offline", since: NOON - 240_000, problem }, actions: ["retry", "explainHostKey"] }),
    );
    expect(page.text(".banner")).toBe("lab1 cannot be reached. · offline 4 minTry againExplain the host key");
    expect(page.text('[role="status"]')).toBe("lab1 cannot be reached.");
    page.deliver("state", panelState({ state: { kind: "disconnected" } }));
    expect(page.text(".banner")).toBe("Not connected to lab1Connect");
  });

  it("says why a connected host gives no readings, before the first and after", () => {
    const page = openPage();
    const sampling = { reason: "noShell", message: "lab1 gives no usable shell." };
    page.deliver("state", panelState({ state: { kind: "connected", since: NOON }, sampling }));
    expect(page.text(".banner")).toContain("lab1 gives no usable shell.Show logCopy diagnostics");
    page.deliver("sample", { time: NOON, report: report() });
    expect(page.text(".banner")).toContain("lab1 gives no usable shell.");
    page.deliver("state", panelState({ state: { kind: "connected", since: NOON } }));
    expect(page.all(".banner")).toHaveLength(0);
  });

  it("keeps old readings, greyed and with their age", () => {
    const page = openPage();
    page.show(report());
    expect(page.text(".live-state")).toBe("live");
    page.at(3000);
    expect(page.text(".live-state")).toBe("live");
    page.at(3001);
    expect(page.find(".body").dataset.old).toBe("true");
    expect(page.text(".live-state")).toBe("3 s old");
    page.at(12_400);
    expect(page.text(".live-state")).toBe("12 s old");
    expect(page.text(".gpu-memory")).toBe("71 / 80 GB");
    page.deliver("sample", { time: NOON + 12_400, report: report() });
    expect(page.find(".body").dataset.old).toBe("false");
  });

  it("waits three beats where the beat is long", () => {
    const page = openPage();
    page.show(report(), { beatMs: 10_000 });
    page.at(30_000);
    expect(page.text(".live-state")).toBe("live");
    page.at(30_001);
    expect(page.text(".live-state")).toBe("30 s old");
  });

  it("shows nothing of one host under another's name", () => {
    const page = openPage();
    page.show(report());
    page.deliver("state", panelState({ host: "lab2" }));
    expect(page.all(".gpu")).toEqual([]);
    expect(page.text("h1")).toBe("lab2");
  });

  it("tells the problem that came with a report", () => {
    const page = openPage();
    page.show(report({ error: { reason: "toolHangs", message: "nvidia-smi does not answer." } }));
    expect(page.text(".banner")).toBe("nvidia-smi does not answer.Show logCopy diagnostics");
  });
});

describe("empty states", () => {
  it("teaches what to do without a host", () => {
    const page = openPage();
    page.deliver("state", panelState({ host: undefined, state: { kind: "disconnected" } }));
    for (const name of ["Add a host", "Use my SSH config", "Try the demo fleet"]) buttonNamed(page, name).click();
    expect(page.sent.map((message) => message.params)).toEqual([
      { action: "addHost" },
      { action: "useSshConfig" },
      { action: "tryDemo" },
    ]);
  });

  it("says what was looked for where there is no GPU, and what the machine has", () => {
    const page = openPage();
    const { system } = bigHost(NOON);
    const warnings = [{ reason: "noGpuTool", message: "Looked for nvidia-smi and rocm-smi." }];
    page.show(report({ gpus: [], processes: [], warnings, system }));
    expect(page.text(".empty")).toContain("No GPUs found on lab1It has 128 CPUs, AMD EPYC 9554, 1007 GB of memory.");
    expect(page.text(".empty")).toContain("Looked for nvidia-smi and rocm-smi.");
    expect(page.text(".loads")).toMatch(/^CPU\d+ %RAM412 \/ 1007 GB/);
  });
});

describe("a login node", () => {
  const resting = { gentle: "resting", state: { kind: "disconnected" } } as const;

  it("is not read by itself, says why, and can be read once", () => {
    const page = openPage();
    page.deliver("state", panelState(resting));
    expect(page.text(".empty")).toContain("lab1 is marked as a login node");
    expect(page.all(".banner")).toEqual([]);
    expect(page.all("select[aria-label='Time between readings']")).toEqual([]);
    buttonNamed(page, "Sample once").click();
    buttonNamed(page, "Open terminal").click();
    expect(page.sent.map((message) => message.params)).toEqual([{ action: "sampleOnce" }, { action: "openTerminal" }]);
  });

  it("shows what it waits for while it is being read, and no lesson", () => {
    const page = openPage();
    page.deliver("state", panelState({ gentle: "sampling", state: { kind: "connected", since: NOON - 1000 } }));
    expect(page.all(".empty")).toEqual([]);
    expect(page.text(".banner")).toContain("waiting for the first reading");
  });

  it("keeps what was read, with its age and the way to read again", () => {
    const page = openPage();
    page.show(bigHost(NOON), { gentle: "resting" });
    page.at(60_000);
    expect(page.text(".live")).toContain("1 min old");
    expect(page.text(".banner")).toContain("Login node: read only when you ask");
    buttonNamed(page, "Sample once").click();
    expect(page.sent.map((message) => message.params)).toContainEqual({ action: "sampleOnce" });
  });

  it("says why it could not be read", () => {
    const page = openPage();
    page.deliver(
      "state",
      panelState({ gentle: "resting", sampling: { reason: "noShell", message: "No shell there." } }),
    );
    expect(page.text(".banner")).toContain("No shell there.");
  });
});

describe("the host strip", () => {
  it("says what runs there and how loaded it is", () => {
    const page = openPage();
    page.show({ ...bigHost(NOON) });
    expect(page.text(".strip-system")).toBe("Ubuntu 22.04 · driver 580.105 · CUDA 13.0");
    expect(page.text(".loads")).toContain("/home82 %/tmp97 % fullload12up12 d");
  });

  it("sets the beat, pins and opens", () => {
    const page = openPage();
    page.show(report(), { placement: "sidebar" });
    const select = page.find("select");
    if (!(select instanceof HTMLSelectElement)) throw new Error("no select");
    expect([...select.options].map((option) => option.text)).toEqual([
      "100 ms",
      "250 ms",
      "500 ms",
      "1 s",
      "2 s",
      "5 s",
      "10 s",
      "30 s",
      "60 s",
    ]);
    select.value = "250";
    select.dispatchEvent(new Event("change", { bubbles: true }));
    for (const name of ["Pin to status bar", "Open terminal", "Open panel"]) buttonNamed(page, name).click();
    expect(page.sent.map((message) => message.params)).toEqual([
      { beatMs: 250 },
      { action: "pin" },
      { action: "openTerminal" },
      { action: "openPanel" },
    ]);
  });
});

it("shows hostile text as text, on one line, without turning its neighbours", () => {
  const evil = `<img src=x onerror=alert(1)>\u202E\u001b[2J\u0000${"x".repeat(10_000)}`;
  const page = openPage();
  page.show(
    report({
      gpus: [gpu(0, { name: evil, performanceState: evil })],
      processes: [process(1, { user: evil, command: evil, migId: evil })],
      warnings: [
        { reason: evil, message: evil },
        { reason: evil, message: evil, gpuIndex: 0 },
      ],
      system: { distribution: evil, driverVersion: evil, cpuModel: evil, disks: [{ path: evil }] },
    }),
  );
  expect(page.root.querySelector("img")).toBeNull();
  expect(page.root.textContent).toContain("<img src=x");
  expect(page.root.innerHTML).not.toMatch(/[\u202e\u001b\u0000]/);
  expect(page.root.innerHTML.length).toBeLessThan(20_000);
});

describe("a narrow page", () => {
  it("opens a GPU's charts inside its row, and closes them", () => {
    const page = openPage();
    page.deliver("state", panelState());
    page.deliver("history", historyOf(bigHost, NOON, 10_000));
    page.deliver("sample", { time: NOON, report: bigHost(NOON) });
    const pick = page.all(".gpu-pick")[7];
    expect(page.root.querySelector(".detail")).toBeNull();
    expect(pick?.getAttribute("aria-expanded")).toBe("false");
    page.click('.gpu[data-gpu="nvidia 7"] .gpu-pick');
    expect(pick?.getAttribute("aria-expanded")).toBe("true");
    expect(page.find('.gpu[data-gpu="nvidia 7"] .detail').querySelectorAll(".uplot")).toHaveLength(4);
    page.click('.gpu[data-gpu="nvidia 7"] .gpu-pick');
    expect(page.root.querySelector(".detail")).toBeNull();
  });

  it("moves between GPUs with the arrow keys and closes with Escape", () => {
    const page = openPage();
    page.show(report());
    const [first, second] = page.all(".gpu-pick");
    if (!first || !second) throw new Error("two GPUs expected");
    expect([first.tabIndex, second.tabIndex]).toEqual([0, -1]);
    first.focus();
    page.key(first, "ArrowDown");
    expect(document.activeElement).toBe(second);
    page.key(second, "Home");
    expect(document.activeElement).toBe(first);
    page.click('.gpu[data-gpu="nvidia 1"] .gpu-pick');
    expect(page.store.view.selected.value).toBe("nvidia 1");
    page.key(first, "Escape");
    expect(page.store.view.selected.value).toBeUndefined();
  });

  it("counts the free", () => {
    const page = openPage();
    const free = gpu(1, { utilizationPercent: 0, memoryUsedBytes: gib(0.3) });
    page.show(report({ gpus: [gpu(0, { memoryUsedBytes: 20 * GIB }), free] }));
    expect(page.text(".section-count")).toBe("1 of 2 free");
  });
});
