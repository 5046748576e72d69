// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { JobPanelApi } from "../../src/shared/jobPanel";
import { openJobPage, standInForJobBrowser } from "./jobPage";
import {
  failedJob,
  jobContents,
  jobExplanation,
  jobGpus,
  jobMetrics,
  jobPanelState,
  jobSettings,
  queuedJob,
  runningJob,
} from "./jobSamples";

standInForJobBrowser(1000);

const bytes = (text: string) => new TextEncoder().encode(text);
const live = { view: 1, kind: "live", from: 0 };

describe("the header", () => {
  it("says what runs, where, how far it is and how long it takes", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    expect(page.text("h1")).toBe("train.py");
    const header = page.text("header");
    for (const part of ["Running", "lab1", "GPU 1, 2", "torch-2.13-cu130", "12 min 2 s"])
      expect(header).toContain(part);
    expect(page.text(".progress")).toBe("45 %Epoch 4 of 102 min 38 s each14 min 31 s left");
    page.at(58_000);
    expect(page.text("header")).toContain("13 min 0 s");
  });

  it("tells the states apart by word and shape", () => {
    const seen = new Set<string>();
    for (const state of ["queued", "running", "succeeded", "failed", "stopped", "lost"] as const) {
      const page = openJobPage();
      page.deliver("state", jobPanelState({ job: { ...runningJob, state } }));
      seen.add(`${page.text(".state")} ${page.find(".state .codicon").className}`);
    }
    expect(seen.size).toBe(6);
  });

  it("says what a waiting job waits for", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState({ job: queuedJob, progress: undefined }));
    expect(page.text(".waits")).toContain("GPU 0: alice, 71 GB");
    page.deliver("state", jobPanelState({ job: { ...queuedJob, message: undefined } }));
    expect(page.text(".waits")).toBe("It waits for GPUs; 1 job was there first.");
    expect(page.text(".log-empty")).toBe("Its output appears here as soon as it begins.");
  });

  it("offers what can be done in each state, and nothing with the jobs of others", () => {
    const names = (changes: Parameters<typeof jobPanelState>[0]) => {
      const page = openJobPage();
      page.deliver("state", jobPanelState(changes));
      return page.all("header button").map((button) => button.textContent);
    };
    expect(names({})).toEqual(["Open port 6006", "Stop…"]);
    expect(names({ ports: [] })).toEqual(["Open port…", "Stop…"]);
    expect(names({ job: failedJob })).toEqual(["Run again"]);
    expect(names({ job: { ...runningJob, user: "bob" }, ports: [] })).toEqual(["Open port…"]);
  });

  it("asks the extension, which asks for confirmation", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    page.click(page.button("Stop…"));
    page.click(page.button("Open port 6006"));
    expect(page.sent.slice(2)).toEqual([
      { method: "act", params: { action: "stop" } },
      { method: "openPort", params: { url: "http://localhost:6006/" } },
    ]);
  });
});

describe("the notices", () => {
  it("explain how tensors ended it: dimensions under each other, the clash marked by a sign, fixes to copy", () => {
    const page = openJobPage();
    const cause = { message: "RuntimeError: something" };
    page.deliver("state", jobPanelState({ job: failedJob, cause, explanation: jobExplanation }));
    expect(page.text(".cause h2")).toBe("fc2 needs 512 features and got 784.");
    expect(page.all(".operands tr").map((row) => [...row.children].map((cell) => cell.textContent))).toEqual([
      ["h", "float32", "32", "≠784", "cuda:0", "last dimension 784"],
      ["fc2.weight", "float32", "10", "≠512", "cuda:0", "expects 512"],
    ]);
    expect(page.text(".cause")).toContain("Rank 1 was the first to fail. 3 others failed after it.");
    page.click(page.button("Copy: pass h through fc1 first"));
    page.click(page.button("Open model.py:41"));
    page.click(page.button("Show shapes"));
    expect(page.sent.slice(-3)).toEqual([
      { method: "copy", params: { text: "pass h through fc1 first" } },
      { method: "act", params: { action: "openFailedLine" } },
      { method: "act", params: { action: "showShapes" } },
    ]);
  });

  it("tell the cause of death above the log, with advice and the program's own words", () => {
    const page = openJobPage();
    const cause = {
      message: "GPU 1 ran out of memory.",
      advice: "Take smaller batches.",
      detail: "CUDA out of memory",
    };
    page.deliver("state", jobPanelState({ job: failedJob, cause }));
    expect(page.text(".cause")).toContain("GPU 1 ran out of memory.Take smaller batches.CUDA out of memory");
    const order = page.all(".cause, .log").map((element) => element.className.split(" ").at(-1));
    expect(order).toEqual(["cause", "log"]);
    page.click(page.button("Run again with changes…"));
    expect(page.sent.at(-1)).toEqual({ method: "act", params: { action: "runAgainWithChanges" } });
  });

  it("tell honestly that the connection is lost, what could not be stopped and what is missing", () => {
    const page = openJobPage();
    page.deliver(
      "state",
      jobPanelState({ interrupted: { reason: "connectionLost", message: "lab1 does not answer." } }),
    );
    expect(page.text(".notice")).toBe("Following was interrupted and goes on by itself. lab1 does not answer.");
    expect(page.text('[role="status"]')).toBe("lab1 does not answer.");
    page.deliver("state", jobPanelState({ job: { ...failedJob, leftovers: [71, 72], logIncomplete: true } }));
    expect(page.all(".notice").map((notice) => notice.textContent)).toEqual([
      "2 processes could not be stopped: 71, 72.",
      "The host’s disk was full for a while: parts of the output are missing.",
    ]);
    page.deliver("state", jobPanelState({ brokenLoss: { name: "loss", value: "NaN", step: 7 } }));
    expect(page.text(".notice")).toContain("loss became NaN (not a number) at step 7.");
    page.deliver("state", jobPanelState({ problem: { reason: "offline", message: "lab1 cannot be reached." } }));
    page.click(page.button("Try again"));
    expect(page.sent.at(-1)).toEqual({ method: "act", params: { action: "retry" } });
  });
});

describe("the log", () => {
  it("is written to the terminal and acknowledged once it is painted", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    page.deliver("logView", live);
    page.deliver("logBytes", { view: 1, bytes: bytes("one\n") });
    page.deliver("logBytes", { view: 1, bytes: bytes("two\n") });
    expect(page.terminal.text).toBe("one\ntwo\n");
    expect(page.sent.filter(({ method }) => method === "taken")).toEqual([]);
    page.terminal.paint();
    expect(page.sent.filter(({ method }) => method === "taken").map(({ params }) => params)).toEqual([
      { view: 1, bytes: 4 },
      { view: 1, bytes: 4 },
    ]);
  });

  it("forgets the view before, and bytes that still belong to it", () => {
    const page = openJobPage();
    page.deliver("logView", live);
    page.deliver("logBytes", { view: 1, bytes: bytes("old") });
    page.deliver("logView", { ...live, view: 2 });
    page.deliver("logBytes", { view: 1, bytes: bytes("late") });
    page.deliver("logBytes", { view: 2, bytes: bytes("new") });
    expect(page.terminal.text).toBe("new");
  });

  it("is kept while another tab is looked at", () => {
    const page = openJobPage();
    page.deliver("logView", live);
    page.click(page.find("#tab-metrics"));
    page.deliver("logBytes", { view: 1, bytes: bytes("more") });
    page.click(page.find("#tab-log"));
    expect(page.terminal.text).toBe("more");
    expect(page.terminal.calls).not.toContain("dispose");
  });

  it("waits for nobody while its tab was never looked at, and is asked for when it is", () => {
    const page = openJobPage({
      tab: "gpu",
      wrap: true,
      logScale: false,
      smoothing: 0,
      metricsAsTable: false,
      hidden: [],
    });
    page.deliver("logView", live);
    page.deliver("logBytes", { view: 1, bytes: bytes("unseen") });
    expect(page.sent.at(-1)).toEqual({ method: "taken", params: { view: 1, bytes: 6 } });
    expect(() => page.terminal).toThrow();
    page.click(page.find("#tab-log"));
    expect(page.sent).toContainEqual({ method: "page", params: { to: "newest" } });
    page.deliver("logView", { ...live, view: 2 });
    page.deliver("logBytes", { view: 2, bytes: bytes("seen") });
    expect(page.terminal.text).toBe("seen");
  });

  it("stops to follow when the reader scrolls up, says that there is more, and goes on at a click", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    page.deliver("logView", live);
    const follow = () => page.button("Follow new output").getAttribute("aria-pressed");
    expect(follow()).toBe("true");
    page.terminal.tell("atEnd", false);
    page.deliver("logBytes", { view: 1, bytes: bytes("more") });
    expect([follow(), page.text(".log-more")]).toEqual(["false", "New output"]);
    page.click(page.find(".log-more"));
    expect(page.terminal.calls.at(-1)).toBe("end");
    page.terminal.tell("atEnd", true);
    page.deliver("logBytes", { view: 1, bytes: bytes("and more") });
    expect([follow(), page.all(".log-more")]).toEqual(["true", []]);
    page.click(page.button("Follow new output"));
    expect(page.terminal.calls.at(-1)).toBe("stay");
  });

  it("pages through a log that is too big, and says where it is", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState({ job: { ...runningJob, logBytes: 1_024_000_000 } }));
    page.deliver("logView", { view: 1, kind: "live", from: 1_022_951_424 });
    expect(page.text(".log-place")).toBe("Last 1.05 MB of 1.02 GB");
    page.click(page.button("Load earlier output"));
    page.click(page.button("Beginning of the log"));
    page.click(page.button("Go to a time…"));
    expect(page.button("Load later output").disabled).toBe(true);
    page.deliver("logView", { view: 2, kind: "page", from: 12_000_000, to: 13_048_576 });
    expect(page.text(".log-place")).toBe("12.0 MB to 13.0 MB of 1.02 GB");
    page.click(page.button("Load later output"));
    page.click(page.button("Newest output"));
    expect(page.sent.slice(2).map(({ params }) => params)).toEqual([
      { to: "earlier" },
      { to: "first" },
      { action: "jumpToTime" },
      { to: "later" },
      { to: "newest" },
    ]);
  });

  it("finds text with the keyboard alone", () => {
    const page = openJobPage();
    page.deliver("logView", live);
    page.terminal.tell("openFind");
    const input = page.find(".find input");
    page.type(input, "loss");
    page.terminal.tell("matches", 12, 3);
    page.key(input, "Enter");
    page.key(input, "Enter", true);
    expect(page.text(".find [role=status]")).toBe("4 of 12");
    page.key(input, "Escape");
    expect(page.terminal.calls.filter((call) => !call.startsWith("fit") && call !== "end")).toEqual([
      "find loss up",
      "find loss up",
      "find loss down",
      "end find",
      "focus",
    ]);
    expect(page.all(".find")).toEqual([]);
  });

  it("opens links only through the extension", () => {
    const page = openJobPage();
    page.terminal.tell("openLink", "https://example.org/");
    page.terminal.tell("openSource", { start: 0, end: 4, path: "a.py", line: 3 });
    expect(page.sent.slice(2)).toEqual([
      { method: "openLink", params: { url: "https://example.org/" } },
      { method: "openSource", params: { path: "a.py", line: 3 } },
    ]);
  });

  it("is shown anew in another width, and can be copied", () => {
    const page = openJobPage();
    page.deliver("logView", live);
    page.deliver("logBytes", { view: 1, bytes: bytes("text") });
    page.click(page.button("Wrap long lines"));
    expect(page.sent.at(-1)).toEqual({ method: "page", params: { to: "newest" } });
    expect(page.saves.at(-1)).toMatchObject({ wrap: false });
    page.click(page.button("Copy the selection, or all that is shown"));
    expect(page.sent.at(-1)).toEqual({ method: "copy", params: { text: "text" } });
  });
});

describe("the tabs", () => {
  it("are gone through with the arrow keys, tell which is looked at, and are remembered", () => {
    const page = openJobPage();
    expect(page.sent).toEqual([
      { method: "ready", params: undefined },
      { method: "look", params: { tab: "log" } },
    ]);
    const list = page.find('[role="tablist"]');
    page.key(list, "ArrowRight");
    page.key(list, "End");
    page.key(list, "ArrowRight");
    page.key(list, "ArrowLeft");
    expect(page.sent.slice(2).map(({ params }) => params)).toEqual(
      ["metrics", "settings", "log", "settings"].map((tab) => ({ tab })),
    );
    expect(openJobPage(page.saves.at(-1)).find('[aria-selected="true"]').textContent).toBe("Settings");
    expect(openJobPage({ tab: "nonsense" }).find('[aria-selected="true"]').textContent).toBe("Log");
  });

  it("chart the metrics that are ticked, and mark what is no number", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    page.click(page.find("#tab-metrics"));
    expect(page.text("#panel-metrics")).toContain("No metrics yet");
    page.deliver("metrics", jobMetrics);
    expect(page.all("figure").map((figure) => figure.getAttribute("aria-label"))).toEqual([
      "loss",
      "eval/accuracy",
      "learning_rate",
      "grad_norm",
    ]);
    expect(page.text('figure[aria-label="grad_norm"]')).toContain("4 values are not a number, first at step 3000");
    page.click(page.find(".series-choice input"));
    expect(page.all("figure")).toHaveLength(3);
    page.click(page.button("Show as table"));
    expect(page.all("figure")).toHaveLength(0);
    expect(page.all("table")).toHaveLength(3);
    expect(page.saves.at(-1)).toMatchObject({ hidden: ["loss"], metricsAsTable: true });
  });

  it("say what of the output was not read for the metrics", () => {
    const page = openJobPage();
    page.click(page.find("#tab-metrics"));
    page.deliver("metrics", { ...jobMetrics, from: 5_000_000 });
    expect(page.text("#panel-metrics")).toContain("behind the first 5.00 MB");
  });

  it("show the job's GPUs, or why there is nothing to show", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState({ job: queuedJob }));
    page.click(page.find("#tab-gpu"));
    expect(page.text("#panel-gpu")).toBe("The job has no GPU yet.");
    page.deliver("state", jobPanelState({ job: { ...runningJob, gpus: [] } }));
    expect(page.text("#panel-gpu")).toBe("This job uses no GPU that Tensorline knows of.");
    page.deliver("gpus", { times: [], gpus: [] });
    page.deliver("state", jobPanelState({ job: failedJob }));
    expect(page.text("#panel-gpu")).toContain("Nobody looked at its GPUs while it ran");
    page.deliver("state", jobPanelState());
    page.deliver("gpus", jobGpus);
    expect(page.text("#panel-gpu")).toContain("71 / 80 GB");
    expect(page.text("#panel-gpu")).toMatch(/^Seen from this computer since [\d:]+\. Where a curve has a gap/);
    expect(page.all("#panel-gpu figure")).toHaveLength(4);
    expect(page.all("#panel-gpu tbody tr")).toHaveLength(10);
    page.deliver("gpus", { ...jobGpus, times: jobGpus.times.map((time) => time + 300_000) });
    expect(page.text("#panel-gpu")).toMatch(/^Seen from this computer since [\d:]+, 5 min 8 s after the job began\./);
  });

  it("list results, bring them back and delete the job", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState({ job: failedJob }));
    page.click(page.find("#tab-files"));
    page.deliver("contents", { kind: "read", contents: jobContents });
    expect(page.all("#panel-files tbody tr").map((row) => row.textContent)[2]).toContain("metrics.jsonl48.2 kB");
    page.click(page.button("metrics.jsonl"));
    page.click(page.button("Bring back"));
    page.click(page.button("Delete job…"));
    expect(page.sent.slice(3)).toEqual([
      { method: "openFile", params: { path: "metrics.jsonl" } },
      { method: "act", params: { action: "bringResults" } },
      { method: "act", params: { action: "delete" } },
    ]);
    page.deliver("contents", { kind: "read", contents: { ...jobContents, files: [] } });
    expect(page.text("#panel-files")).toContain("TENSORLINE_OUT");
    page.deliver("contents", {
      kind: "unreadable",
      problem: { reason: "offline", message: "lab1 cannot be reached." },
    });
    expect(page.text("#panel-files")).toContain("lab1 cannot be reached.");
  });

  it("show the settings, each to copy, with secrets by name alone", () => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    page.deliver("settings", { settings: jobSettings });
    page.click(page.find("#tab-settings"));
    page.deliver("contents", { kind: "read", contents: jobContents });
    expect(page.text("#panel-settings")).toContain("WANDB_API_KEY");
    expect(page.text("#panel-settings")).toContain("exec 'python' 'train.py'");
    page.click(page.button("Copy: Command"));
    expect(page.sent.at(-1)).toEqual({ method: "copy", params: { text: runningJob.command } });
    expect(page.text("#panel-settings")).not.toContain("In any terminal");
    page.deliver("settings", { settings: jobSettings, attach: "tmux attach -t x" });
    page.click(page.button("Copy: In any terminal"));
    expect(page.sent.at(-1)).toEqual({ method: "copy", params: { text: "tmux attach -t x" } });
  });
});

describe("the page's handlers", () => {
  it("are one for each notification of the protocol, and none else", () => {
    const notifications = Object.entries(JobPanelApi).flatMap(([name, { direction }]) =>
      direction === "notification" ? [name] : [],
    );
    expect(Object.keys(openJobPage().store.handlers).sort()).toEqual(notifications.sort());
  });

  it.each([
    ["state", { host: "lab1", job: { ...runningJob, state: "winning" }, ports: [] }],
    ["state", jobPanelState({ ports: [{ port: 0, url: "x" }] })],
    ["logBytes", { view: 1, bytes: [1, 2, 3] }],
    ["logView", { view: 1, kind: "page", from: -1 }],
    ["metrics", { series: [{ name: "a", axis: "step", points: [[1, null]] }], from: 0 }],
    ["contents", { kind: "read" }],
    ["toString", {}],
  ])("refuse a bad %s and keep what they show", (method, params) => {
    const page = openJobPage();
    page.deliver("state", jobPanelState());
    const before = page.root.innerHTML;
    expect(() => page.deliver(method, params)).toThrow();
    expect(page.root.innerHTML).toBe(before);
  });

  it("show hostile names as text", () => {
    const page = openJobPage();
    const evil = "\u202Eevil\u001b[31m <img src=x onerror=alert(1)>";
    page.deliver(
      "state",
      jobPanelState({
        host: evil,
        job: { ...failedJob, name: evil, environment: evil },
        cause: { message: evil, detail: evil },
      }),
    );
    page.deliver("contents", { kind: "read", contents: { ...jobContents, files: [{ path: evil }], script: evil } });
    for (const tab of ["files", "settings"]) page.click(page.find(`#tab-${tab}`));
    expect(page.all("img")).toEqual([]);
    expect(page.root.textContent).not.toMatch(/[\u001b\u202e]/);
  });
});

describe.each([
  ["running", jobPanelState()],
  ["failed", jobPanelState({ job: failedJob, cause: { message: "It failed." } })],
  ["waiting", jobPanelState({ job: queuedJob })],
])("accessibility: %s", (_title, state) => {
  it.each(["log", "metrics", "gpu", "files", "settings"])(
    "of %s: names, headings, tables, ids and one live region",
    (tab) => {
      const page = openJobPage();
      page.deliver("state", state);
      page.deliver("logView", { ...live, from: 100 });
      page.deliver("settings", { settings: jobSettings });
      page.click(page.find(`#tab-${tab}`));
      page.deliver("metrics", jobMetrics);
      page.deliver("gpus", jobGpus);
      page.deliver("contents", { kind: "read", contents: jobContents });
      const name = (element: HTMLElement) =>
        element.getAttribute("aria-label") ?? element.closest("label")?.textContent ?? element.textContent ?? "";
      expect(page.all("button, input, summary").filter((control) => name(control).trim() === "")).toEqual([]);
      expect([page.all("main").length, page.all("h1").length]).toEqual([1, 1]);
      expect(page.all("table").filter((table) => !table.querySelector("thead th"))).toEqual([]);
      expect(page.all("th").filter((header) => !header.getAttribute("scope"))).toEqual([]);
      expect(page.all("[tabindex]").filter((element) => element.tabIndex > 0)).toEqual([]);
      expect(page.all("canvas").filter((canvas) => !canvas.closest('[aria-hidden="true"]'))).toEqual([]);
      expect(page.all(".codicon").filter((icon) => icon.getAttribute("aria-hidden") !== "true")).toEqual([]);
      const ids = page.all("[id]").map((element) => element.id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(page.all("[aria-live]").map((region) => region.getAttribute("aria-live"))).toEqual(["polite"]);
      expect(page.all('[role="tabpanel"]:not([hidden])').map((panel) => panel.id)).toEqual([`panel-${tab}`]);
      expect(page.find('[role="tabpanel"]:not([hidden])').getAttribute("aria-labelledby")).toBe(`tab-${tab}`);
    },
  );
});

it("says changes of state, never numbers, to who cannot see them", () => {
  const page = openJobPage();
  page.deliver("state", jobPanelState());
  expect(page.text('[role="status"]')).toBe("");
  page.deliver("state", jobPanelState({ progress: { done: 9, total: 10, fraction: 0.9 } }));
  expect(page.find('main > [role="status"]').textContent).toBe("");
  page.deliver("state", jobPanelState({ job: failedJob }));
  expect(page.find('main > [role="status"]').textContent).toBe("Failed");
});
