import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { complaint, tensorline } from "./cli";
import { loginTo, scratch } from "./hosts";

/** Fails as PyTorch does, and needs none. */
const train = `
import sys

def forward(x):
    raise RuntimeError("mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)")

print("begins")
forward(1)
`;

/** Two processes of one program, of which the second fails first, and the first only because of that. */
const record = (rank: number, at: string, message: string): string =>
  JSON.stringify({
    format: 1,
    pid: 100 + rank,
    parentPid: 99,
    program: "train.py",
    folder: "/work",
    python: "3.12.1",
    versions: { torch: "2.9.0" },
    rank: { rank, localRank: rank, worldSize: 2 },
    failures: [
      {
        origin: "main",
        at,
        exceptions: [
          {
            type: "builtins.RuntimeError",
            message,
            frames: [
              {
                file: "train.py",
                line: 7 + rank,
                function: "forward",
                isUser: true,
                source: "y = self.fc2(h)",
                expression: "self.fc2(h)",
                operands: [{ name: "h", type: "torch.Tensor", shape: [32, 784], dtype: "float32", device: "cpu" }],
                values: [],
              },
            ],
          },
        ],
        layers: [
          { path: "", type: "Net" },
          { path: "fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" },
        ],
        isCut: false,
      },
    ],
  });

describe.skipIf(withoutSshd)(
  `jobs that failed, explained${withoutSshd ? `: ${withoutSshd}` : ""}`,
  { timeout: 60_000 },
  () => {
    const files = scratch();
    const home = join(files.folder, "home");
    let server: Sshd;
    let config: string;

    beforeAll(async () => {
      mkdirSync(home);
      writeFileSync(join(home, "train.py"), train);
      server = await startSshd({ environment: { HOME: home, HOST_VAR: files.folder } });
      config = files.config({ box: loginTo(server) });
    });
    afterAll(async () => {
      await server.dispose();
      await files.dispose();
    });

    const onBox = (command: string, ...words: string[]) => tensorline([command, "box", "-F", config, ...words]);
    const detached = async (...words: string[]): Promise<string> => {
      const { stdout, stderr } = await onBox("run", "--detach", ...words);
      expect(stderr).toBe("");
      return stdout.trim();
    };

    it("tell why below their log, by what their Python recorded", async () => {
      const outcome = await onBox("run", "--", "python3", "train.py");
      expect(outcome).toMatchObject({ code: 1 });
      // The log is what the program printed, and nothing else.
      expect(outcome.stdout).toMatch(/^begins\nTraceback [\s\S]*\(32x784 and 512x10\)\n$/);
      expect(outcome.stderr).toMatch(/^╭ tensorline[\s\S]*784[\s\S]*\n╰ .*train\.py:5 ─*\n$/);
      expect(outcome.stderr).not.toContain("\u001b");
    });

    it("tell the first cause of several processes, and count the others", async () => {
      const write = (rank: number, text: string) => `printf '%s\\n' '${text}' >"$TENSORLINE_RUN/10${rank}.json"`;
      const cause = record(
        1,
        "2026-01-01T00:00:01.000000Z",
        "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
      );
      const after = record(0, "2026-01-01T00:00:02.000000Z", "Connection closed by peer [127.0.0.1]:4711");
      const id = await detached("--", "sh", "-c", `${write(0, after)}; ${write(1, cause)}; exit 1`);
      const waited = await onBox("wait", id);
      expect(waited).toMatchObject({ code: 1, stdout: "" });
      expect(waited.stderr).toContain("rank 1, 1 other failed after it");
      const { code, stdout } = await onBox("explain", id, "--json");
      expect(code).toBe(0);
      expect(JSON.parse(stdout)).toMatchObject({
        framework: "torch",
        module: "fc2",
        operands: [{ name: "h", shape: [32, 784] }],
        location: { file: "train.py", line: 8 },
        rank: 1,
        others: 1,
      });
    });

    it("are explained by their log alone where the hook was off", async () => {
      const id = await detached("--no-hook", "--", "sh", "-c", 'echo "<$PYTHONPATH>"; exec python3 train.py');
      const logged = await onBox("logs", id, "-f");
      expect(logged.stdout).toMatch(/^<>\nbegins\n/);
      expect(logged.stderr).toMatch(/^╭ tensorline/);
      expect(JSON.parse((await onBox("explain", id, "--json")).stdout)).toMatchObject({ framework: "torch" });
    });

    it("run without the hook where it cannot be put, which is said once", async () => {
      const state = join(home, ".local/state/tensorline");
      writeFileSync(join(home, "hook.sh"), `rm -rf ${state}/hook && : >${state}/hook\n`);
      await onBox("run", "--no-hook", "--", "sh", "hook.sh");
      const outcome = await onBox("run", "--", "sh", "-c", 'echo "<$PYTHONPATH>"');
      expect(outcome).toMatchObject({ code: 0, stdout: "<>\n" });
      expect(complaint(outcome)).toMatch(
        /Jobs on box run all the same, but what fails in them is explained from their log/,
      );
      await onBox("run", "--no-hook", "--", "rm", `${state}/hook`);
    });

    it("have nothing to explain where tensors are not why: 3, and nothing is said", async () => {
      const ended = await onBox("run", "--", "python3", "-c", "raise KeyError('lr')");
      expect(ended).toMatchObject({ code: 1, stderr: "" });
      const jobs = JSON.parse((await onBox("jobs", "--json")).stdout).jobs;
      const outcome = await onBox("explain", jobs[0].id);
      expect(outcome).toMatchObject({ code: 3, stdout: "" });
      expect(complaint(outcome)).toBe("There is nothing about tensors in how this job ended that could be explained.");
    });
  },
);
