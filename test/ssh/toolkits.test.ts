import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { surveyToolkits } from "../../src/core/environments/toolkits/surveyToolkits";
import { hostOf, noAbort, testClient } from "./client";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

/** A toolkit of the user's own. */
const own = {
  "my cuda/version.txt": "CUDA Version 9.2.148\n",
};

/** Login shells, and where and how their users name a toolkit. */
const users = [
  {
    shell: "/bin/bash",
    files: { ...own, ".bashrc": 'export CUDA_HOME="$HOME/my cuda"\n', ".bash_profile": ". ~/.bashrc\n" },
  },
  { shell: "/usr/bin/fish", files: { ...own, ".config/fish/config.fish": 'set -x CUDA_HOME "$HOME/my cuda"\n' } },
  { shell: "/usr/bin/tcsh", files: { ...own, ".tcshrc": 'setenv CUDA_HOME "$HOME/my cuda"\n' } },
  { shell: "/usr/bin/zsh", files: { ...own, ".zshrc": 'export CUDA_HOME="$HOME/my cuda"\n' } },
].filter(({ shell }) => existsSync(shell));

const reason = withoutSshd ?? withoutUsers;

describe.skipIf(reason !== undefined)(`toolkits over a real connection (${reason ?? "real sshd"})`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({ users });
  });
  afterAll(() => server.dispose());

  for (const [index, { shell }] of users.entries()) {
    it(`a user of ${shell} sees the toolkits of the host and of the home folder`, async () => {
      const client = testClient();
      const runner = await client.connections.acquire(hostOf(server, `box${index}`)).connected(noAbort);
      const { toolkits, shell: login, warnings } = await surveyToolkits(runner, { environments: [] }, noAbort);
      client.connections.dispose();
      const home = `${server.users[index]?.home}/my cuda`;
      expect(login).toMatchObject({ answered: true, cudaHome: home });
      expect(toolkits.find(({ path }) => path === home)).toMatchObject({ version: "9.2.148", source: "folder" });
      expect(warnings).toEqual([]);
    });
  }
});
