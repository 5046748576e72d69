// npm run bench: measures, prints one table and keeps it in docs/performance.md. Never a judgement on time: a missed
// target is shown as missed and the command still succeeds.
// npm run bench -- NAME…: only these (sizes, activation, connectTime, shortCommand, reconnect, idle, firstValue, hostCpu, clientCpu, transfer,
// sync, environments, advisor, jobs, jobLogs, jobOutput, hook, tensorTerminal, trace, paint); nothing is kept.
import { readFile, stat, writeFile } from "node:fs/promises";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureDebianPackages, ensureDependencies, root } from "./prerequisites.mjs";
import { ensureVenv } from "./venvs.mjs";

const document = join(root, "docs", "performance.md");
const activationStarts = 5;

/** @typedef {{ figure: string, target?: string, measured: string, met?: boolean, method: string }} Figure */

/** @type {Figure[]} */
const figures = [];
const versions = {};
const activations = [];

const actions = {
  figure: (figure) => {
    figures.push(figure);
  },
  activation: (times) => {
    activations.push(times);
  },
  versions: (found) => Object.assign(versions, found),
  // The home inside is an empty one; what is installed is kept in the user's own.
  venv: ({ requirements }) => ensureVenv("python3", requirements),
};

const measurements = {
  sizes,
  activation,
  connectTime: () => inVsCode("connectTime"),
  shortCommand: () => inVsCode("shortCommand"),
  reconnect: () => inVsCode("reconnect"),
  idle: () => inVsCode("idle"),
  firstValue: () => inVsCode("firstValue"),
  hostCpu: () => inVsCode("hostCpu"),
  clientCpu: () => inVsCode("clientCpu"),
  transfer: () => inVsCode("transfer"),
  sync: () => inVsCode("sync"),
  environments: () => inVsCode("environments"),
  advisor: () => inVsCode("advisor"),
  jobs: () => inVsCode("jobs"),
  jobLogs: () => inVsCode("jobLogs"),
  jobOutput: () => inVsCode("jobOutput"),
  hook: () => inVsCode("hook"),
  tensorTerminal: () => inVsCode("tensorTerminal"),
  trace: () => inVsCode("trace"),
  paint: () => inVsCode("paint", { "tensorline.gpu.intervalMilliseconds": 300 }),
};

/** Runs test/bench/NAME.bench.ts in the extension host of a fresh VS Code. */
async function inVsCode(name, userSettings = {}) {
  const { runHostSpecs } = await import("../test/host/harness/run.mjs");
  const { passed, failed } = await runHostSpecs({
    folder: join(root, "test", "bench"),
    ending: `${name}.bench.ts`,
    userSettings,
    actions,
  });
  if (failed > 0 || passed === 0) throw new Error(`${name} could not be measured.`);
}

async function sizes() {
  const size = async (...files) => {
    const found = await Promise.all(files.map((file) => stat(join(root, "dist", file))));
    return found.reduce((sum, { size }) => sum + size, 0);
  };
  const row = (figure, bytes, limit) => ({
    figure,
    ...(limit ? { target: `< ${limit} kB`, met: bytes < limit * 1000 } : {}),
    measured: `${(bytes / 1000).toFixed(0)} kB`,
    method: "bytes of the minified files, not compressed; 1 kB is 1000 bytes",
  });
  figures.push(
    row("Entry bundle (`extension.cjs`)", await size("extension.cjs"), 300),
    row("SSH bundle, loaded at the first connection (`ssh.cjs`)", await size("ssh.cjs")),
    row("GPU reading, loaded when somebody looks (`gpu.cjs`)", await size("gpu.cjs")),
    row("Environments and toolkits, loaded when somebody looks (`environments.cjs`)", await size("environments.cjs")),
    row("Jobs, loaded when somebody looks (`jobs.cjs`)", await size("jobs.cjs")),
    row("File transfer, loaded at the first one (`transfer.cjs`)", await size("transfer.cjs")),
    row("Command line (`cli.cjs`, loads `ssh.cjs` too)", await size("cli.cjs")),
    row(
      "GPU page, script and styles with uPlot, without codicons",
      await size("webview/gpu.js", "webview/gpu.css"),
      250,
    ),
    row(
      "Job panel, script and styles with xterm.js and uPlot, without codicons",
      await size("webview/job.js", "webview/job.css"),
      550,
    ),
    row(
      "Tensor terminal in an editor tab, script and styles with xterm.js, without codicons",
      await size("webview/tensor.js", "webview/tensor.css"),
      550,
    ),
  );
}

async function activation() {
  for (let start = 0; start < activationStarts; start++) await inVsCode("activation");
  const middle = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const row = (figure, values) => ({
    figure,
    measured: `${middle(values)} ms (${Math.min(...values)} to ${Math.max(...values)} ms)`,
    method: `VS Code's own "Startup Performance"; median and range of ${activationStarts} starts`,
  });
  const calls = activations.map(({ activateMs }) => activateMs);
  figures.push(
    { ...row("`activate()`", calls), target: "< 20 ms", met: middle(calls) < 20 },
    row(
      "Loading the entry bundle",
      activations.map(({ loadMs }) => loadMs),
    ),
  );
}

const outcome = ({ met }) => (met === undefined ? "" : met ? "reached" : "**missed**");

function table() {
  const rows = figures.map((row) => [row.figure, row.target ?? "–", row.measured, outcome(row), row.method]);
  const cells = [["Figure", "Target", "Measured", "", "How"], ["---", "---", "---", "---", "---"], ...rows];
  return cells.map((row) => `| ${row.join(" | ")} |`).join("\n");
}

function machine() {
  const [first] = cpus();
  const cores = `${cpus().length} core${cpus().length === 1 ? "" : "s"} of ${first?.model.trim() ?? "an unknown CPU"}`;
  return `${new Date().toISOString().slice(0, 10)}, ${cores}, VS Code ${versions.vscode} with Node ${versions.node}; load average at the end ${loadavg()[1].toFixed(1)}.`;
}

/** Puts the table between the two marks; what people wrote around it stays. */
async function keep() {
  const text = await readFile(document, "utf8");
  const marks = /(<!-- figures -->\n)[\s\S]*(<!-- end of figures -->)/;
  if (!marks.test(text)) throw new Error(`${document} has no place for the figures.`);
  await writeFile(
    document,
    text.replace(marks, (_, begin, end) => `${begin}\n${machine()}\n\n${table()}\n\n${end}`),
  );
}

async function main(wanted) {
  const unknown = wanted.find((name) => !(name in measurements));
  if (unknown) throw new Error(`"${unknown}" is no measurement. There are: ${Object.keys(measurements).join(", ")}.`);
  await ensureDependencies();
  const missing = await ensureDebianPackages(["openssh-server", "openssh-client"]);
  if (missing.length > 0) throw new Error(`The bench needs ${missing.join(" and ")}.`);
  await build();
  for (const [name, measure] of Object.entries(measurements)) {
    if (wanted.length === 0 || wanted.includes(name)) await measure();
  }
  console.log(`\n${table()}\n`);
  if (wanted.length === 0) await keep();
}

await main(process.argv.slice(2)).catch((cause) => {
  console.error(cause.message);
  process.exitCode = 1;
});
process.exit();
