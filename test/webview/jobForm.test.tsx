// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { JobFormApi } from "../../src/shared/jobForm";
import { openForm } from "./jobFormPage";
import { choices, form, planned } from "./jobFormSamples";

/** A form that is filled in and planned. */
function opened(more?: Parameters<typeof form>[0]) {
  const page = openForm();
  page.deliver("form", form(more));
  page.deliver("choices", choices());
  page.pause();
  page.deliver("planned", planned((page.last("plan") as { turn: number }).turn));
  return page;
}

const turnOf = (page: ReturnType<typeof openForm>) => (page.last("plan") as { turn: number }).turn;

describe("the job form", () => {
  it("shows what is remembered, the plan and its script", () => {
    const page = opened();
    expect(page.text("h1")).toBe("Run train.py");
    expect([page.field("On").value, page.field("GPUs").value, page.field("Each needs").value]).toEqual([
      "lab1",
      "1",
      "40",
    ]);
    expect(page.field("Arguments").value).toBe("--epochs 10 --lr 3e-4");
    expect(page.text(".plan-text")).toBe("lab1 GPU 1 (free 12 min) · sync 3 files (18 kB) · torch-2.13-cu130");
    expect(page.text(".script")).toContain("exec 'python' 'train.py'");
    expect(page.last("choose")).toEqual({ host: "lab1" });
  });

  it("starts in the arguments, and comes to everything in reading order", () => {
    const page = opened();
    expect(document.activeElement).toBe(page.field("Arguments"));
    const labels = [...page.root.querySelectorAll("label")].map((label) => label.firstChild?.textContent?.trim());
    expect(labels.slice(0, 6)).toEqual(["Preset", "On", "GPUs", "Each needs", "Environment", "Toolkit"]);
    expect([...page.root.querySelectorAll("[tabindex]")]).toEqual([]);
  });

  it("names every control, ties every hint, has one h1 and no id twice", () => {
    const page = opened({
      settings: { ...form().settings, backend: "slurm", gpus: { ids: ["1"] }, launcher: "torchrun" },
    });
    const controls = [...page.root.querySelectorAll<HTMLElement>("input, select, textarea")];
    const nameOf = (one: HTMLElement) =>
      one.closest("label")?.textContent ?? page.root.querySelector(`label[for="${one.id}"]`)?.textContent ?? "";
    expect(controls.filter((one) => nameOf(one).trim() === "")).toEqual([]);
    const ids = [...page.root.querySelectorAll("[id]")].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page.root.querySelectorAll("h1")).toHaveLength(1);
    expect([...page.root.querySelectorAll("fieldset")].every((one) => one.querySelector("legend"))).toBe(true);
    expect([...page.root.querySelectorAll(".codicon")].every((one) => one.getAttribute("aria-hidden") === "true")).toBe(
      true,
    );
  });
});

describe("the plan", () => {
  it("is asked for once typing pauses, and the old one is marked as old meanwhile", () => {
    const page = opened();
    const asked = page.sent.filter(({ method }) => method === "plan").length;
    page.fill("Arguments", "--epochs 2");
    page.fill("Arguments", "--epochs 20");
    expect(page.root.querySelector(".plan")?.getAttribute("aria-busy")).toBe("true");
    expect(page.sent.filter(({ method }) => method === "plan")).toHaveLength(asked);
    page.pause();
    expect(page.sent.filter(({ method }) => method === "plan")).toHaveLength(asked + 1);
    expect(page.last("plan")).toMatchObject({ settings: { arguments: "--epochs 20" } });
  });

  it("of an older question is dropped", () => {
    const page = opened();
    const old = turnOf(page);
    page.fill("Arguments", "--epochs 20");
    page.pause();
    page.deliver("planned", planned(old, { summary: "old" }));
    expect(page.text(".plan-text")).not.toBe("old");
    expect(page.root.querySelector(".plan")?.getAttribute("aria-busy")).toBe("true");
    page.deliver("planned", planned(turnOf(page), { summary: "new" }));
    expect(page.text(".plan-text")).toBe("new");
    expect(page.root.querySelector(".plan")?.getAttribute("aria-busy")).toBe("false");
  });

  it("that failed stands at its field, and keeps what was typed", () => {
    const page = opened();
    page.fill("Arguments", "--epochs 20");
    page.pause();
    page.deliver("planned", {
      turn: turnOf(page),
      outcome: { kind: "failed", problem: { field: "environment", message: "There is none." } },
    });
    expect(page.below("Environment")).toBe("There is none.");
    expect(page.field("Environment").getAttribute("aria-invalid")).toBe("true");
    expect(page.field("Arguments").value).toBe("--epochs 20");
    page.fill("Environment", "/home/mara/proj/.venv");
    expect(page.field("Environment").getAttribute("aria-invalid")).toBe("false");
  });

  it("tells cautions, and asks for secrets that are missing", () => {
    const page = opened();
    page.fill("Secrets", "HF_TOKEN");
    page.pause();
    page.deliver("planned", planned(turnOf(page), { cautions: ["It may end."], missingSecrets: ["HF_TOKEN"] }));
    expect(page.text(".plan")).toContain("It may end.");
    page.click("Enter HF_TOKEN…");
    expect(page.last("enterSecret")).toEqual({ name: "HF_TOKEN" });
  });

  it("copies the script", () => {
    const page = opened();
    page.click("Copy: command");
    expect(page.last("copy")).toEqual({ text: "python train.py --epochs 10 --lr 3e-4" });
  });
});

describe("with the keyboard alone", () => {
  it.each(["Arguments", "On", "Queue if busy", "Secrets"])("Enter in %s runs", (label) => {
    const page = opened();
    page.press(page.field(label), "Enter");
    expect(page.last("run")).toMatchObject({ settings: { program: "train.py", host: "lab1" } });
  });

  it("Enter in a text of several lines is a new line; with Ctrl it runs", () => {
    const page = opened();
    page.press(page.field("Variables"), "Enter");
    expect(page.last("run")).toBeUndefined();
    page.press(page.field("Variables"), "Enter", { ctrlKey: true });
    expect(page.last("run")).toBeDefined();
  });

  it("Escape closes and hands over what was typed; during a run it cancels that", () => {
    const page = opened();
    page.fill("Arguments", "-v");
    page.press(page.field("Arguments"), "Escape");
    expect(page.last("close")).toMatchObject({ settings: { arguments: "-v" } });
    page.press(page.field("Arguments"), "Enter");
    page.press(page.field("Arguments"), "Escape");
    expect(page.sent.at(-1)).toEqual({ method: "cancel", params: undefined });
  });
});

describe("what is wrong", () => {
  it("is said at its field once that was left, and not before", () => {
    const page = opened();
    page.fill("Time limit", "soon");
    expect(page.below("Time limit")).toBe("");
    page.leave("Time limit");
    expect(page.below("Time limit")).toBe("Enter a time such as 90m, 2h30m or 1d.");
    expect(page.text(".plan-text")).toBe("one field needs you");
    page.fill("Time limit", "2h");
    expect(page.below("Time limit")).toBe("");
  });

  it("keeps a run from starting, and opens what is folded away", () => {
    const page = opened();
    expect(page.root.querySelector("details.more")?.hasAttribute("open")).toBe(false);
    page.fill("Variables", "A 1");
    page.press(page.field("Arguments"), "Enter");
    expect(page.last("run")).toBeUndefined();
    expect(page.below("Variables")).toBe("“A 1” is not of the form NAME=value.");
    expect(page.root.querySelector("details.more")?.hasAttribute("open")).toBe(true);
    page.fill("Variables", "A=1");
    expect(page.below("Variables")).toBe("");
    expect(page.root.querySelector("details.more")?.hasAttribute("open")).toBe(true);
  });

  it("with a run is told as an alert, loses nothing, and goes with the next change", () => {
    const page = opened();
    page.fill("Arguments", "-v");
    page.press(page.field("Arguments"), "Enter");
    expect(page.text("footer")).toContain("looking at what has to be done");
    page.deliver("runState", { kind: "running", step: "sending files, 40 %" });
    expect(page.text("footer")).toContain("sending files, 40 %");
    page.deliver("runState", { kind: "failed", problem: { message: "The connection was lost." } });
    expect(page.text('[role="alert"]')).toBe("The connection was lost.");
    expect(page.field("Arguments").value).toBe("-v");
    page.fill("Arguments", "-vv");
    expect(page.text('[role="alert"]')).toBe("");
  });
});

describe("choices", () => {
  it("are asked for when the host changes, and those of another host are dropped", () => {
    const page = opened();
    page.fill("On", "mi300");
    expect(page.last("choose")).toEqual({ host: "mi300" });
    page.deliver("choices", choices());
    expect(page.text(".job-form")).not.toContain("venv · proj");
    page.deliver("choices", choices({ host: "mi300", environments: [{ value: "/e", label: "conda · rocm" }] }));
    expect(page.text(".job-form")).toContain("conda · rocm");
    page.fill("On", "");
    expect(page.last("choose")).toEqual({});
  });

  it("that are not there any more stay chosen and seen", () => {
    const page = opened({ settings: { ...form().settings, environment: "/gone", gpus: { ids: ["99"] } } });
    expect(page.field("Environment").value).toBe("/gone");
    expect(page.text(".gpu-ids")).toContain("99not there");
  });

  it("of GPUs are ticked one by one", () => {
    const page = opened();
    page.fill("GPUs", "these");
    page.tick("GPU 1  H100 80GBfree 12 min");
    page.tick("GPU 4  H100 80GBfree 12 min");
    page.pause();
    expect(page.last("plan")).toMatchObject({ settings: { gpus: { ids: ["1", "4"] } } });
  });

  it("of Slurm show only with Slurm", () => {
    const page = opened();
    expect(page.text()).not.toContain("Partition");
    page.fill("Back end", "slurm");
    page.fill("Partition", "gpu");
    page.pause();
    expect(page.last("plan")).toMatchObject({ settings: { backend: "slurm", scheduler: { partition: "gpu" } } });
    page.fill("Back end", "tmux");
    page.pause();
    expect(page.last("plan")).not.toHaveProperty("settings.scheduler");
    expect(page.text()).not.toContain("Partition");
  });

  it("of code on the host leave out the sync", () => {
    expect(opened().text()).toContain("Sync code");
    expect(opened({ place: "host" }).text()).not.toContain("Sync code");
  });

  it("by a preset fill the form, and keep the program that it does not name", () => {
    const page = opened();
    page.fill("Preset", "full run");
    expect([page.field("Program").value, page.field("GPUs").value, page.field("Processes").value]).toEqual([
      "train.py",
      "8",
      "",
    ]);
    expect(page.field("Time limit").value).toBe("1d");
    page.fill("Preset", "smoke test");
    expect([page.field("Program").value, page.field("GPUs").value]).toEqual(["tests/smoke.py", "0"]);
  });
});

describe("what was typed", () => {
  it("is kept while the page is hidden, for this opening only", () => {
    const page = opened();
    page.fill("Arguments", "--mine");
    const again = openForm(page.saves.at(-1));
    again.deliver("form", form());
    expect(again.field("Arguments").value).toBe("--mine");
    const other = openForm(page.saves.at(-1));
    other.deliver("form", form({ id: "2" }));
    expect(other.field("Arguments").value).toBe("--epochs 10 --lr 3e-4");
  });

  it.each([undefined, null, 7, { id: "1" }, { id: "1", draft: { host: 7 } }])("%j is no such thing", (saved) => {
    const page = openForm(saved);
    page.deliver("form", form());
    expect(page.field("Arguments").value).toBe("--epochs 10 --lr 3e-4");
  });

  it("stays when hosts or presets change", () => {
    const page = opened();
    page.fill("Arguments", "--mine");
    page.deliver("form", form({ hosts: [{ value: "new", label: "new" }] }));
    expect(page.field("Arguments").value).toBe("--mine");
    expect(page.text("select")).toBeDefined();
    expect(page.text(".row")).toContain("new");
  });
});

it("handles every notification of the protocol, and none else", () => {
  const names = Object.entries(JobFormApi).flatMap(([name, { direction }]) =>
    direction === "notification" ? [name] : [],
  );
  expect(Object.keys(openForm().store.handlers).sort()).toEqual(names.sort());
});

it("shows hostile text as text", () => {
  const hostile = "<img src=x onerror=alert(1)>";
  const page = opened({ file: hostile, hosts: [{ value: "lab1", label: hostile }] });
  expect(page.root.querySelector("img")).toBeNull();
  expect(page.text("h1")).toBe(`Run ${hostile}`);
});
