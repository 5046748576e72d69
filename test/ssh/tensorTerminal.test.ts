import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Runner } from "../../src/core/remote";
import type { RunRecord } from "../../src/shared/tensors";
import { hostOf, noAbort, type TestClient, testClient } from "./client";
import { type Sshd, startSshd, withoutUsers } from "./sshd";
import { openTensorShell, runIn, type TensorShell } from "./tensorShell";

const installed = ["bash", "zsh", "fish"].filter(
  (name) => existsSync(`/usr/bin/${name}`) || existsSync(`/bin/${name}`),
);
const path = (name: string) => (existsSync(`/bin/${name}`) ? `/bin/${name}` : `/usr/bin/${name}`);

const frame = {
  file: "/home/u/model.py",
  line: 41,
  function: "forward",
  isUser: true,
  operands: [{ name: "h", type: "torch.Tensor", shape: [32, 784] }],
  values: [],
};
const record: Omit<RunRecord, "pid" | "parentPid"> = {
  format: 1,
  program: "train.py",
  folder: "/home/u",
  python: "3.12.1",
  versions: { torch: "2.13.0" },
  failures: [
    {
      origin: "main",
      at: "AT",
      exceptions: [{ type: "builtins.RuntimeError", message: "h has 784 features", frames: [frame] }],
      layers: [],
      isCut: false,
    },
  ],
};

/** Stands in for a Python with the hook: prints a traceback, leaves a record, dies. */
const program = `#!/bin/sh
at=$(date -u +%Y-%m-%dT%H:%M:%SZ)
printf '%s' '${JSON.stringify(record).slice(0, -1).replace('"AT"', '"\'"$at"\'"')},"pid":'"$$"',"parentPid":'"$PPID}" >"$TENSORLINE_RUN/new"
echo >>"$TENSORLINE_RUN/new"
mv "$TENSORLINE_RUN/new" "$TENSORLINE_RUN/$$.json"
echo 'Traceback (most recent call last):'
echo 'RuntimeError: h has 784 features'
exit 1
`;
/** The same where the hook is not at work. */
const unhooked = `echo 'Traceback (most recent call last):'
echo "\${1-RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)}"
exit 1
`;

describe.skipIf(withoutUsers)(`a terminal that explains${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let server: Sshd;
  let client: TestClient;
  beforeAll(async () => {
    const files = { hooked: program, unhooked, "runs/.keep": "", ".zshrc": "PS1='%m> '\n", ".bashrc": "PS1='\\h> '\n" };
    server = await startSshd({
      config: ["MaxSessions 20"],
      environment: { LC_ALL: "C.UTF-8" },
      users: installed.map((name) => ({ shell: path(name), files })),
    });
    client = testClient();
  });
  afterAll(async () => {
    client?.connections.dispose();
    await server?.dispose();
  });

  async function open(shell: string, options = {}): Promise<{ runner: Runner; shell: TensorShell; home: string }> {
    const index = installed.indexOf(shell);
    const home = server.users[index]?.home ?? "";
    const runner = await client.connections.acquire(hostOf(server, `box${index}`)).connected(noAbort);
    const run = runIn(runner, `${home}/runs`);
    return { runner, home, shell: await openTensorShell(runner, { run, ...options }) };
  }

  /** The prompt after `count` commands have been told about. */
  async function ended(shell: TensorShell, status: number): Promise<void> {
    await shell.says(new RegExp(`\\u001b\\]633;D;${status}\\u0007[\\s\\S]*\\u001b\\]633;B\\u0007`));
  }

  for (const name of ["bash", "zsh", "fish"]) {
    const without = installed.includes(name) ? "" : ` (no ${name} on this machine)`;
    it.skipIf(without !== "")(`tells where commands end, and why one failed, in ${name}${without}`, async () => {
      const { shell, home } = await open(name);
      await shell.says(/Ready\.[\s\S]*\u001b\]633;B\u0007/);
      expect(shell.text()).not.toContain(". /tmp/tensorline-");
      expect(shell.text()).not.toContain("__tensorline");

      shell.type("true\r");
      await ended(shell, 0);
      expect(shell.outcomes).toEqual([{ kind: "succeeded" }]);
      expect(shell.folder()).toBe(home);

      shell.forget();
      shell.type("sh hooked\r");
      await ended(shell, 1);
      const text = shell.text();
      const order = ["h has 784 features", "]633;D;1", "tensorline ─", "[32, 784]", "╰", "]633;B"].map((part) =>
        text.indexOf(part, text.indexOf("]633;C")),
      );
      expect(order).not.toContain(-1);
      expect(order).toEqual([...order].sort((a, b) => a - b));
      expect(shell.outcomes.at(-1)).toMatchObject({ kind: "explained", from: "records" });

      // The record lies there still.
      shell.forget();
      shell.type("false\r");
      await ended(shell, 1);
      expect(shell.text()).not.toContain("tensorline ─");
      expect(shell.outcomes.at(-1)).toEqual({ kind: "unexplained", hook: "unknown" });

      shell.forget();
      shell.type("sh unhooked\r");
      await ended(shell, 1);
      expect(shell.text()).toContain("two shapes do not fit");
      shell.forget();
      shell.type("sh unhooked 'KeyError: 3'\r");
      await ended(shell, 1);
      expect(shell.outcomes.slice(-2)).toMatchObject([
        { kind: "explained", from: "text" },
        { kind: "unexplained", hook: "silent" },
      ]);

      // An empty line runs nothing: there is no end to tell.
      const told = shell.outcomes.length;
      shell.forget();
      shell.type("\r");
      await shell.says(/\u001b\]633;B\u0007/);
      shell.forget();
      shell.type('sh -c \'echo "[$PYTHONPATH]" "[$DEBUGPY_ADAPTER_ENDPOINTS]" "[$TENSORLINE_RUN]"\'\r');
      await ended(shell, 0);
      expect(shell.text()).toContain(`[/hook] [] [${home}/runs]`);
      expect(shell.outcomes.length).toBe(told + 1);
      shell.dispose();
    });
  }

  it.skipIf(!installed.includes("bash"))(
    "is a terminal like any other: size, text in pieces, Ctrl-C, all of it",
    async () => {
      const { shell } = await open("bash", { isPrinting: () => false });
      await shell.says(/Ready\.[\s\S]*\u001b\]633;B\u0007/);

      shell.resize(123, 45);
      shell.type("stty size\r");
      await shell.says(/45 123/);

      // Each byte of a character is written by a process of its own.
      shell.type("for byte in 303 244 342 206 222 360 237 224 245; do sh -c \"printf '\\\\$byte'\"; done; echo\r");
      await shell.says(/ä→🔥/);

      shell.forget();
      shell.type("sh hooked\r");
      await ended(shell, 1);
      expect(shell.text()).not.toContain("tensorline ─");
      expect(shell.outcomes.at(-1)).toMatchObject({ kind: "explained" });

      shell.forget();
      const before = shell.length();
      await new Promise<void>((resolve) => {
        shell.tap = () => {
          if (shell.length() > before + 3_000_000) resolve();
        };
        shell.type("yes\r");
      });
      shell.type("\u0003");
      await ended(shell, 130);

      const lines = process.env.TENSORLINE_FULL === "1" ? 113_000_000 : 1_000_000;
      const counted = countLines();
      shell.forget();
      shell.tap = counted.feed;
      shell.type(`seq 1 ${lines}\r`);
      await ended(shell, 0);
      expect(counted.result()).toEqual({ lines, wrong: undefined });
      shell.dispose();
    },
    600_000,
  );
});

/** Checks that between the marks of a command stand the numbers from 1 on, a line each. */
function countLines() {
  let rest = "";
  let lines = 0;
  let wrong: string | undefined;
  let stage: "before" | "within" | "after" = "before";
  return {
    feed(text: string) {
      if (stage === "after") return;
      rest += text;
      if (stage === "before") {
        const at = rest.indexOf("\u001b]633;C\u0007");
        if (at < 0) return;
        rest = rest.slice(at + "\u001b]633;C\u0007".length);
        stage = "within";
      }
      const all = rest.split("\r\n");
      rest = all.pop() ?? "";
      for (const line of all) {
        if (stage === "within" && line.startsWith("\u001b")) stage = "after";
        if (stage !== "within") break;
        lines++;
        if (line !== String(lines)) wrong ??= `${lines}: ${line.slice(0, 100)}`;
      }
      if (rest.startsWith("\u001b]633;D")) stage = "after";
    },
    result: () => ({ lines, wrong }),
  };
}
