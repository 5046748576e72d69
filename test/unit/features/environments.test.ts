import { expect, it } from "vitest";
import type { Manager } from "../../../src/core/environments/manager";
import { nameOrPrefix, packageWish, pythonChoices } from "../../../src/features/environments/createChoices";
import { type EnvironmentContext, environmentWords } from "../../../src/features/environments/environmentWords";
import { type ExplainFailure, endWords, lastLine } from "../../../src/features/environments/operationWords";
import { tooltipMarkdown } from "../../../src/features/environments/rowWords";
import { createSelections, type Memory } from "../../../src/features/environments/selections";
import { selfTestSummary, selfTestText } from "../../../src/features/environments/selfTestText";
import { toolkitGroupWords, toolkitWords } from "../../../src/features/environments/toolkitWords";
import { windowHost } from "../../../src/features/environments/windowHost";
import type { Environment, Toolkit, Verdict } from "../../../src/shared/environments";

const train: Environment = {
  manager: "venv",
  name: "train",
  prefix: "/home/ann/train",
  interpreter: "/home/ann/train/bin/python",
  pythonVersion: "3.12.4",
  packages: [{ name: "torch", version: "2.13.0+cu130", build: { kind: "cuda", version: "13.0" } }],
};
const works: Verdict = {
  subject: "torch 2.13.0+cu130",
  grade: "works",
  why: "Driver 580 runs CUDA 13.0.",
  rows: [{ text: "CUDA 13.x needs driver 580 or newer", source: "https://docs.nvidia.com/x", date: "2026-09-14" }],
};
const plan = () => {
  throw new Error("not asked for");
};
const venv: Manager = {
  id: "venv",
  label: "venv",
  recognise: () => undefined,
  install: plan,
  uninstall: plan,
  remove: plan,
};
const context = (more: Partial<EnvironmentContext> = {}): EnvironmentContext => ({
  host: "lab1",
  manager: venv,
  hasTool: true,
  verdicts: [works],
  uses: [],
  isAmbiguous: false,
  carries: [],
  loads: [],
  ...more,
});

it("a row says Python, framework, build and whether it works here", () => {
  expect(environmentWords(train, context())).toMatchObject({
    label: "train",
    description: "3.12 · torch 2.13 cu130 · works",
    spoken: "venv environment train on lab1, 3.12, torch 2.13 cu130, works",
    icon: "folder-library",
  });
});

it("a chosen environment is marked by a word and an icon", () => {
  const words = environmentWords(train, context({ uses: ["workspace", "jobs"] }));
  expect(words.description).toBe("this workspace · jobs · 3.12 · torch 2.13 cu130 · works");
  expect(words.icon).toBe("check");
  expect(words.context.split(".")).toEqual(expect.arrayContaining(["inWorkspace", "inJobs"]));
});

it("a broken one says why in the row and in full on hover, and cannot be used", () => {
  const message = "Its Python is a link to /usr/bin/python3.6, which is not there.";
  const { interpreter: _, ...rest } = train;
  const words = environmentWords({ ...rest, error: { reason: "danglingInterpreter", message } }, context());
  expect(words).toMatchObject({ description: "broken: its Python is gone", icon: "warning" });
  expect(words.tooltip).toContain(message);
  expect(words.context.split(".")).toEqual(["environment", "remove"]);
});

it("nothing is offered that its manager cannot do, and nothing changes what belongs to the system", () => {
  const abilities = (more: Partial<EnvironmentContext>, environment = train) =>
    environmentWords(environment, context(more)).context.split(".");
  expect(abilities({})).toEqual(expect.arrayContaining(["usable", "install", "uninstall", "remove"]));
  expect(abilities({})).not.toContain("clone");
  expect(abilities({ hasTool: false })).not.toContain("install");
  const ofSystem = abilities({}, { ...train, isProtected: true });
  for (const ability of ["install", "uninstall", "remove", "repair"]) expect(ofSystem).not.toContain(ability);
});

it("the hover text holds the verdict and the rows of the tables behind it", () => {
  const { tooltip } = environmentWords(train, context());
  expect(tooltip).toContain("torch 2.13.0+cu130: works. Driver 580 runs CUDA 13.0.");
  const text = "“CUDA 13.x needs driver 580 or newer”, read 2026-09-14 at";
  expect(tooltip).toContainEqual({ text, page: "https://docs.nvidia.com/x" });
});

it("nothing of a host's text becomes Markdown on hover", () => {
  const text = tooltipMarkdown([
    "[a](command:x) <b> www.evil.example https://evil.example",
    { text: "“x” at", page: "https://a.example/b" },
  ]);
  expect(text).toBe(
    "\\[a\\]\\(command\\:x\\) \\<b\\> www\\.evil\\.example https\\:\\/\\/evil\\.example\n\n“x” at [a\\.example](https://a.example/b)",
  );
});

it("two of one name say where they are", () => {
  expect(environmentWords(train, context({ isAmbiguous: true })).description).toMatch(/ · \/home\/ann$/);
});

const cuda: Toolkit = {
  kind: "cuda",
  version: "13.0",
  path: "/usr/local/cuda-13.0",
  source: "folder",
  active: true,
  nvcc: "13.0.88",
  libraries: [{ name: "cudnn", version: "9.13.0", path: "/usr/lib/libcudnn.so.9" }],
};

it("a toolkit says whether it is active, its compiler and its libraries", () => {
  expect(toolkitWords("lab1", cuda, false).description).toBe("active · nvcc 13.0.88 · cuDNN 9.13.0");
  expect(toolkitWords("lab1", { ...cuda, active: false, module: "cuda/13.0" }, true)).toMatchObject({
    description: "this workspace · module cuda/13.0 · nvcc 13.0.88 · cuDNN 9.13.0",
    icon: "check",
  });
});

it("a host without driver and toolkit says so", () => {
  expect(toolkitGroupWords("lab1", { gpus: [], toolkits: [], warnings: [] }).description).toBe(
    "no driver · no toolkit",
  );
});

it("what is chosen stays per host, workspaces and jobs apart", async () => {
  const memory = (): Memory => {
    const values = new Map<string, unknown>();
    return {
      get: <T>(key: string, otherwise: T) => (values.get(key) as T | undefined) ?? otherwise,
      update: async (key, value) => void values.set(key, value),
    };
  };
  const selections = createSelections(memory(), memory());
  const heard: string[] = [];
  selections.onChange(({ name }) => heard.push(name));
  await selections.chooseEnvironment({ name: "lab1" }, "workspace", train);
  await selections.chooseEnvironment({ name: "lab2" }, "jobs", train);
  expect(selections.environment({ name: "lab1" }, "workspace")?.prefix).toBe(train.prefix);
  expect(selections.environment({ name: "lab1" }, "jobs")).toBeUndefined();
  await selections.chooseEnvironment({ name: "lab1" }, "workspace", undefined);
  expect(selections.environment({ name: "lab1" }, "workspace")).toBeUndefined();
  expect(selections.environment({ name: "lab2" }, "jobs")?.name).toBe("train");
  expect(heard).toEqual(["lab1", "lab2", "lab1"]);
});

it("a name is a name, a path a folder", () => {
  expect(nameOrPrefix("train", "/home/ann")).toEqual({ name: "train" });
  expect(nameOrPrefix("~/p/.venv", "/home/ann")).toEqual({ prefix: "/home/ann/p/.venv" });
  expect(nameOrPrefix("/data/train", "/home/ann")).toEqual({ prefix: "/data/train" });
  expect(nameOrPrefix("./p/.venv", "/home/ann")).toEqual({ prefix: "/home/ann/p/.venv" });
});

it("offers the Pythons of the host, newest first; where the manager fetches them, others too", () => {
  const tools = { "python3.9": "/usr/bin/python3.9", "python3.12": "/usr/bin/python3.12", python3: "/usr/bin/python3" };
  expect(pythonChoices(tools, "venv", "/usr/bin/python3").map(({ version }) => version)).toEqual(["3.12", "3.9"]);
  const fetched = pythonChoices(tools, "conda", "/opt/conda/bin/conda").map(({ version }) => version);
  expect(fetched).toEqual(["", "3.14", "3.13", "3.12", "3.11", "3.10", "3.9"]);
});

it("takes packages and where they come from, as they are typed or pasted from a page", () => {
  expect(packageWish("numpy, torch==2.13.0  jax[cuda12, extra],scipy>=1,<2")).toEqual({
    packages: ["numpy", "torch==2.13.0", "jax[cuda12, extra]", "scipy>=1,<2"],
  });
  expect(packageWish("pip3 install -U torch torchvision --index-url https://download.pytorch.org/whl/cu126")).toEqual({
    packages: ["torch", "torchvision"],
    indexUrl: "https://download.pytorch.org/whl/cu126",
  });
  expect(packageWish("uv pip install a --extra-index-url=https://b/c?d=e --no-index -f /wheels")).toEqual({
    packages: ["a"],
    extraIndexUrl: "https://b/c?d=e",
    offlineFolder: "/wheels",
  });
});

it("says what is wrong with packages", () => {
  const wrong = (text: string) => (packageWish(text) as { wrong: string }).wrong;
  expect(wrong("  ")).toMatch(/At least one/);
  expect(wrong("--index-url https://x")).toMatch(/At least one/);
  expect(wrong("numpy --index-url")).toMatch(/needs an address/);
  expect(wrong("numpy -f wheels")).toMatch(/folder on the host/);
  expect(wrong("numpy --target /etc")).toMatch(/--target is an option/);
  expect(wrong("numpy --constructor x")).toMatch(/--constructor is an option/);
});

it("shows the last line of output without the terminal's own control", () => {
  expect(lastLine("Collecting torch\n\x1b[32m  Downloading 12 %\r  Downloading 80 %\x1b[0m\r\n")).toBe(
    "Downloading 80 %",
  );
  expect(lastLine("\n\r\n")).toBeUndefined();
});

it("says how an operation ended, and what may be left", () => {
  const end = { id: "1", title: "Creating train" };
  const explain: ExplainFailure = ({ title }) => ({ reason: "hostDiskFull", path: title });
  expect(endWords({ ...end, state: "succeeded" }, explain)).toBe("Creating train: done.");
  expect(endWords({ ...end, state: "failed", exitCode: 1, leftovers: true }, explain)).toMatch(/full.*may be left/);
  expect(endWords({ ...end, state: "cancelled" }, explain)).toBe("Creating train was cancelled.");
});

it("the self-test's document holds the host's words as plain text", () => {
  const steps = [
    { step: "import torch", outcome: "works", words: "2.13.0", seconds: 1.24 },
    { step: "torch: GPU 0", outcome: "fails", words: "no | kernel <b>image</b>", detail: "CUDA error" },
  ] as const;
  const text = selfTestText("lab1", train, { steps });
  expect(text).toContain("| import torch | works | 1.2 s | 2.13.0 |");
  expect(text).toContain("| torch: GPU 0 | **fails** | – | no \\| kernel &lt;b>image&lt;/b><br>CUDA error |");
  expect(selfTestSummary({ steps })).toBe("This fails: torch: GPU 0.");
});

it.each([
  ["ssh-remote+lab1", "lab1"],
  [`ssh-remote+${Buffer.from('{"hostName":"Lab1"}').toString("hex")}`, "Lab1"],
  ["ssh-remote+cafe", "cafe"],
  ["wsl+Ubuntu", undefined],
  [undefined, undefined],
])("the window of %s is on %s", (authority, host) => {
  expect(windowHost(authority)).toBe(host);
});
