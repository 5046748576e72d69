import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Runner } from "../../src/core/remote";
import { spec } from "../host/harness/spec";
import { openTensorShell, runIn, type TensorShell } from "../ssh/tensorShell";
import { median, ms, quantile, report } from "./figures";
import { startBenchEngine, startBenchServer } from "./server";

const deaths = 20;
const keys = 200;
const { signal } = new AbortController();

const ready = /Ready\.[\s\S]*\u001b\]633;B\u0007/;
/** The prompt after a command that ended so. */
const prompt = (status: number) => new RegExp(`\\u001b\\]633;D;${status}\\u0007[\\s\\S]*\\u001b\\]633;B\\u0007`);

/** Tells its last moment, and leaves a record of a failure. */
const program = `at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
frame='{"file":"/m.py","line":1,"function":"f","isUser":true,"operands":[{"name":"h","type":"T","shape":[32,784]}],"values":[]}'
exception='{"type":"RuntimeError","message":"h has 784","frames":['$frame']}'
failure='{"origin":"main","at":"'$at'","exceptions":['$exception'],"layers":[],"isCut":false}'
printf '%s\\n' '{"format":1,"pid":'$$',"parentPid":1,"program":"m.py","folder":"/","python":"3","versions":{},"failures":['"$failure"']}' >"$TENSORLINE_RUN/new"
mv "$TENSORLINE_RUN/new" "$TENSORLINE_RUN/$$.json"
echo "died $(date +%s%N)"
exit 1
`;

async function explanations(shell: TensorShell, file: string): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < deaths; round++) {
    shell.forget();
    shell.type(`sh ${file}\r`);
    await shell.says(/╰/);
    const shownAt = Date.now();
    const [, diedAt = ""] = await shell.says(/died (\d+)/);
    times.push(shownAt - Number(BigInt(diedAt) / 1000n) / 1000);
    await shell.says(prompt(1));
  }
  const p95 = quantile(times, 0.95);
  await report({
    figure: "Explanation in the terminal after the process died, p95",
    target: "< 300 ms",
    measured: `${ms(p95)} (p50 ${ms(median(times))})`,
    met: p95 < 300,
    method: `${deaths} programs in bash that leave a record and tell the time of their end, the record read over the same connection; both clocks are this machine's`,
  });
}

/** Milliseconds from a key to its echo, one after the other. */
async function echoes(send: (key: string) => void, echoed: () => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let key = 0; key < keys; key++) {
    const startedAt = performance.now();
    const back = echoed();
    send("x");
    await back;
    times.push(performance.now() - startedAt);
  }
  return times;
}

/** `cat` echoes through the terminal of the host only, so that what is beyond it is ours and the network's. */
async function keystrokes(runner: Runner, shell: TensorShell): Promise<void> {
  const next = (watch: (call: () => void) => void) => () => new Promise<void>((resolve) => watch(resolve));
  let heard = () => {};
  const size = { columns: 80, rows: 24 };
  const plain = await runner.terminal(size, { data: () => heard(), end() {} }, signal);
  const settle = async (say: (text: string) => void, hear: () => Promise<void>) => {
    const back = hear();
    say("stty -echoctl; exec cat\r");
    await back;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  };
  const hearPlain = next((call) => {
    heard = call;
  });
  await settle(plain.write, hearPlain);
  const itself = await echoes(plain.write, hearPlain);
  plain.dispose();
  const hear = next((call) => {
    shell.tap = () => call();
  });
  await settle(shell.type, hear);
  const ours = await echoes(shell.type, hear);
  const beyond = quantile(ours, 0.95) - quantile(itself, 0.95);
  await report({
    figure: "Echo of a key in the tensor terminal beyond a plain one, p95",
    target: "< 20 ms",
    measured: `${ms(beyond, 2)} (${ms(quantile(ours, 0.95), 2)} against ${ms(quantile(itself, 0.95), 2)})`,
    met: beyond < 20,
    method: `${keys} keys to \`cat\`, each after the echo of the one before, through the terminal as it is and with what explains before it`,
  });
}

async function interrupt(shell: TensorShell): Promise<void> {
  await new Promise<void>((resolve) => {
    const before = shell.length();
    shell.tap = () => {
      if (shell.length() > before + 10_000_000) resolve();
    };
    shell.type("yes\r");
  });
  shell.tap = undefined;
  shell.forget();
  const before = shell.length();
  const startedAt = performance.now();
  shell.type("\u0003");
  await shell.says(prompt(130));
  const took = performance.now() - startedAt;
  await report({
    figure: "Ctrl-C after `yes` until the prompt is on the screen",
    target: "< 500 ms",
    measured: `${ms(took)} (${shell.length() - before} characters were still shown)`,
    met: took < 500,
    method: "after 10 MB of output at the terminal's pace",
  });
}

spec(
  "a terminal that explains",
  async () => {
    const server = await startBenchServer({ SHELL: "/bin/bash" });
    const engine = startBenchEngine(join(server.folder, "storage"));
    try {
      const runs = join(server.folder, "runs");
      await mkdir(runs);
      const file = join(server.folder, "program");
      await writeFile(file, program);
      const runner = await engine.connections().acquire(server.host(1)).connected(signal);
      const shell = await openTensorShell(runner, { run: runIn(runner, runs) });
      await shell.says(ready);
      await explanations(shell, file);
      await interrupt(shell);
      await keystrokes(runner, shell);
      shell.dispose();
    } finally {
      engine.dispose();
      await server.dispose();
    }
  },
  { deadlineMs: 120_000 },
);
