import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { until } from "./operationHost";
import { processesMarked } from "./probeHost";
import { plant, scriptShells, sleepBut, type Tree, toolkitHost } from "./toolkitHost";

const twoToolkits: Tree = {
  "usr/local/cuda-12.4/version.txt": "CUDA Version 12.4.1\n",
  "usr/local/cuda-11.8/version.txt": "CUDA Version 11.8.89\n",
  "usr/local/cuda-11.8/bin/nvcc": "#!/bin/sh\n",
};

/** The shells' own way to put the folder `$CHOSEN/bin` first. */
const posix = "PATH=$CHOSEN/bin:$PATH\nexport PATH\n";
// As Debian's own .bashrc begins: what follows counts for interactive shells only.
const guard = "case $- in *i*) ;; *) return ;; esac\n";

const loginShells: readonly { program: string; files: Tree }[] = [
  { program: "bash", files: { ".bash_profile": posix } },
  { program: "bash", files: { ".bash_profile": ". ~/.bashrc\n", ".bashrc": guard + posix } },
  { program: "zsh", files: { ".zshrc": posix } },
  { program: "dash", files: { ".profile": posix } },
  { program: "fish", files: { ".config/fish/config.fish": "set -x PATH $CHOSEN/bin $PATH\n" } },
  { program: "tcsh", files: { ".tcshrc": 'setenv PATH "$CHOSEN/bin:$PATH"\n' } },
];

function pathOf(program: string): string | undefined {
  try {
    return execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();
  } catch {
    return undefined;
  }
}

const isActive = ({ active }: { active: boolean }) => active;

for (const { program, files } of loginShells) {
  const path = pathOf(program);
  const names = Object.keys(files).join(" and ");
  test.skipIf(path === undefined)(`${program} with the path in ${names} (needs ${program})`, async () => {
    const host = toolkitHost(["dash"], twoToolkits);
    plant(host.home, files);
    const chosen = join(host.root, "usr/local/cuda-11.8");
    const { toolkits, warnings } = await host.survey({ env: { SHELL: path ?? "", CHOSEN: chosen } });
    expect(toolkits.filter(isActive).map(({ version }) => version)).toEqual(["11.8.89"]);
    expect(warnings).toEqual([]);
  });
}

describe.each(scriptShells)("start-up files under $name", ({ shell }) => {
  test("what they print does not disturb, nor does a program that an interactive shell starts instead", async () => {
    const host = toolkitHost(shell, twoToolkits);
    plant(host.home, {
      ".bash_profile":
        "printf '\\033[31mWelcome\\033[0m \\036shell\\035PATH'\ncase $- in *i*) exec cat ;; esac\n" +
        "export CUDA_HOME=$CHOSEN PATH=/usr/bin:/bin\nprintf 'no line end'\n",
    });
    const chosen = join(host.root, "usr/local/cuda-11.8");
    const { toolkits } = await host.survey({ env: { SHELL: "/bin/bash", CHOSEN: chosen } });
    expect(toolkits.filter(isActive).map(({ version }) => version)).toEqual(["11.8.89"]);
  });

  test("a login shell that refuses leaves the rest known", async () => {
    const host = toolkitHost(shell, twoToolkits);
    const { toolkits, warnings } = await host.survey({ env: { SHELL: "/bin/false" } });
    expect(toolkits.map(({ version }) => version)).toEqual(["12.4.1", "11.8.89"]);
    expect(toolkits.filter(isActive)).toEqual([]);
    expect(warnings).toEqual([
      { reason: "loginShellSilent", message: expect.stringContaining("/bin/false gave no answer") },
    ]);
  });
});

test("start-up files that hang are stopped with all that they started", async () => {
  const host = toolkitHost(["dash"], twoToolkits);
  plant(host.bin, { sleep: sleepBut(5) });
  plant(host.home, { ".bash_profile": "sleep 1000 &\nsleep 1000\n" });
  const mark = `login-${process.pid}`;
  const { toolkits, warnings } = await host.survey({ env: { SHELL: "/bin/bash", TENSORLINE_MARK: mark } });
  expect(toolkits.map(({ version }) => version)).toEqual(["12.4.1", "11.8.89"]);
  expect(warnings).toEqual([
    { reason: "loginShellSilent", message: expect.stringContaining("did not come to an end in time") },
  ]);
  await until(() => !processesMarked(mark).some((command) => command.includes("1000")));
});
