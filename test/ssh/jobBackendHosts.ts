import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { JobRequest } from "../../src/core/jobs/request";
import { startSlurm, withoutSlurm } from "./slurm";

/** What a back end needs of the machine that the contract suite runs on. */
export interface BackendHost {
  /** Why it cannot be tried here; undefined when it can. */
  readonly missing?: string;
  /** Makes ready what it needs, in a folder that goes away; the environment of every session. */
  setUp(folder: string): Promise<{
    readonly environment: Readonly<Record<string, string>>;
    dispose(): Promise<void>;
  }>;
  /** What a request needs beside the usual. */
  readonly request?: Partial<JobRequest>;
  /** Its scheduler ends what a dead supervisor leaves, and may run it on another machine than the one that looks. */
  readonly scheduled?: true;
  /** What beside the job's own processes may be there while it runs: command lines that are looked for secrets, too. */
  readonly shows?: (environment: Readonly<Record<string, string>>) => string;
}

const has = (program: string) => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

/** Settings that have broken programs which use tmux. */
export const roughTmuxSettings = `set -g default-shell /bin/false
set -g default-command "exit 1"
set -g remain-on-exit on
set -g destroy-unattached on
set -g base-index 1
set -g pane-base-index 1
set-hook -g after-new-session 'new-window -d'
`;

/** By the id of the back end; the suite fails where one has none. */
export const backendHosts: Readonly<Record<string, BackendHost>> = {
  process: { setUp: async () => ({ environment: {}, dispose: async () => {} }) },
  tmux: {
    ...(has("tmux") ? {} : { missing: "no tmux on this machine (Debian: tmux)" }),
    setUp: async (folder) => {
      const environment = { TMUX_TMPDIR: folder };
      writeFileSync(join(folder, ".tmux.conf"), roughTmuxSettings);
      return {
        environment,
        dispose: async () => {
          spawnSync("tmux", ["kill-server"], { env: { ...process.env, ...environment } });
        },
      };
    },
    shows: (environment) =>
      execFileSync(
        "sh",
        ["-c", "tmux show-environment -g; tmux list-sessions; tmux list-panes -a -F '#{pane_start_command}'"],
        {
          encoding: "utf8",
          env: { ...process.env, ...environment },
        },
      ),
  },
  slurm: {
    ...(withoutSlurm === undefined ? {} : { missing: withoutSlurm }),
    setUp: startSlurm,
    scheduled: true,
    shows: (environment) =>
      execFileSync(
        "sh",
        [
          "-c",
          "scontrol -d show job; for number in $(squeue -h -o %A); do scontrol write batch_script $number -; done",
        ],
        { encoding: "utf8", env: { ...process.env, ...environment } },
      ),
  },
};
