// npm test: every layer, from a fresh clone. `npm test -- LAYER…` runs only these; --full runs the full counts.
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "./build.mjs";
import { ensureEnvironmentModules } from "./environmentModules.mjs";
import { ensureDebianPackages, ensureDependencies, root } from "./prerequisites.mjs";

const words = process.argv.slice(2);
const full = words.includes("--full");
const inCi = process.env.CI === "true";
const bin = (name) => join(root, "node_modules", ".bin", process.platform === "win32" ? `${name}.cmd` : name);

/** What the ssh and cli layers run against. Missing ones skip their suites by name. */
const debianPackages = [
  "openssh-server",
  "openssh-client",
  "dropbear-bin",
  "libpam-google-authenticator",
  "busybox",
  "fish",
  "tcsh",
  "zsh",
  "netcat-openbsd",
  "krb5-kdc",
  "krb5-admin-server",
  "krb5-user",
  "softhsm2",
  "lmod",
  "tcl8.6",
  "tmux",
  "slurm-wlm",
  "munge",
  "pypy3",
];

/** Whether the VS Code that comes from npm can run here. */
const serverRuns = process.platform === "linux";

const none = { passed: 0, failed: 0, skipped: 0 };

/** Leaves something out, by name and with the reason. */
function skip(name, reason) {
  console.log(`SKIPPED: ${name}: ${reason}`);
  return { ...none, skipped: 1 };
}

const layers = {
  check: async () => ({
    ...none,
    failed: (await run(bin("tsc"), ["--build"])) + (await run(bin("biome"), ["ci", "--colors=off", "."])) > 0 ? 1 : 0,
  }),
  unit: () => vitest("unit", ["test/unit", "test/contract", "test/webview"]),
  ssh: async () => {
    await ensureDebianPackages(debianPackages);
    await ensureEnvironmentModules();
    return vitest("ssh", ["test/shell", "test/ssh", "test/demo", "test/python"]);
  },
  cli: async () => {
    await ensureDebianPackages(debianPackages);
    await build();
    return vitest("cli", ["test/cli"]);
  },
  package: async () => {
    const { packageExtension } = await import("./package.mjs");
    const packages = await packageExtension();
    if (!serverRuns)
      return { ...skip("installing the VSIX", "the VS Code server from npm runs on Linux only"), passed: 1 };
    const { installInVsCode } = await import("./vscode/tryInstall.mjs");
    const { listed, terminals } = await installInVsCode(packages.get(`linux-${process.arch}`));
    console.log(`VS Code lists it as ${listed}`);
    for (const { node, size } of terminals) console.log(`node-pty under Node ${node} opens a terminal of ${size}`);
    const works = listed.startsWith("tensorline.tensorline@") && terminals.every(({ size }) => size === "23 91");
    return works ? { ...none, passed: 1 } : { ...none, failed: 1 };
  },
  host: async () => {
    if (!serverRuns && !process.env.VSCODE_EXECUTABLE_PATH)
      return skip(
        "the host specs",
        "the VS Code server from npm runs on Linux only; name a VS Code in VSCODE_EXECUTABLE_PATH",
      );
    await build();
    const { runHostSpecs } = await import("../test/host/harness/run.mjs");
    return runHostSpecs({ full });
  },
};

function run(command, args, env = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: "inherit",
      shell: process.platform === "win32",
      env: { ...process.env, ...env },
    });
    child.on("error", reject);
    child.on("exit", (code, signal) => resolve(signal ? 1 : code));
  });
}

async function vitest(layer, folders) {
  const report = join(root, "test", "artifacts", `${layer}.json`);
  await rm(report, { force: true });
  await mkdir(join(root, "test", "artifacts"), { recursive: true });
  const code = await run(
    bin("vitest"),
    ["run", ...folders, "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { TENSORLINE_FULL: full ? "1" : "", NO_COLOR: "1" },
  );
  const result = JSON.parse(await readFile(report, "utf8").catch(() => "{}"));
  const skippedNames = (result.testResults ?? []).flatMap((file) =>
    file.assertionResults
      .filter((one) => one.status === "skipped" || one.status === "pending")
      .map((one) => one.fullName),
  );
  for (const name of skippedNames) console.log(`SKIPPED: ${name}`);
  const failed = result.numFailedTests ?? 0;
  return {
    passed: result.numPassedTests ?? 0,
    // A suite that cannot even be loaded counts as a failure, too.
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: skippedNames.length,
  };
}

const wanted = words.filter((word) => !word.startsWith("--"));
for (const word of wanted) {
  if (!(word in layers)) {
    console.error(`"${word}" is not a layer. There are: ${Object.keys(layers).join(", ")}.`);
    process.exit(2);
  }
}

await ensureDependencies();
const totals = { ...none };
for (const [name, runLayer] of Object.entries(layers)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const started = performance.now();
  console.log(`\n── ${name} ${"─".repeat(60 - name.length)}`);
  let result;
  try {
    result = await runLayer();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    result = { ...none, failed: 1 };
  }
  for (const key of Object.keys(totals)) totals[key] += result[key];
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped in ${seconds} s`);
}

if (inCi && totals.skipped > 0) {
  console.error(`CI allows no skipped test, and ${totals.skipped} were skipped.`);
  totals.failed += totals.skipped;
}
console.log(`\n${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed === 0 && totals.passed > 0 ? 0 : 1);
