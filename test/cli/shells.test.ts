import { existsSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Sshd, startSshd, type TestUserRequest, withoutUsers } from "../ssh/sshd";
import { askBoth, hostsOf, start, tensorline } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

const files = scratch();
/** BusyBox is a shell where it is called one. */
const ash = join(files.folder, "ash");
if (existsSync("/bin/busybox")) symlinkSync("/bin/busybox", ash);
const fortune = "printf 'Thought for the day:\\n  \\033[31mnothing is\\033[0m what it seems\\n'";
const greeting: readonly (readonly [shell: string, files: Readonly<Record<string, string>>])[] = [
  ["/bin/bash", { ".bashrc": `${fortune}; echo complaint >&2\n` }],
  ["/bin/csh", { ".cshrc": `${fortune}\n` }],
  ["/usr/bin/tcsh", { ".tcshrc": `${fortune}\n` }],
  ["/usr/bin/fish", { ".config/fish/config.fish": `${fortune}\n` }],
  ["/usr/bin/zsh", { ".zshenv": `${fortune}\n` }],
  ["/bin/dash", {}],
  [ash, { ".profile": `${fortune}\n` }],
];
const present = greeting.filter(([shell]) => existsSync(shell));
const broken: readonly (readonly [what: string, TestUserRequest, saying: RegExp])[] = [
  [
    "a .bashrc that exits",
    { shell: "/bin/bash", files: { ".bashrc": "echo closed for repair; exit 9\n" } },
    /exit code 9.*closed for repair/,
  ],
  [
    "a .bashrc that prints without end",
    { shell: "/bin/bash", files: { ".bashrc": "cat /dev/urandom\n" } },
    /without end; it sent binary data\./,
  ],
  ["an account that is closed", { shell: "/usr/sbin/nologin" }, /not available/],
];

describe.skipIf(withoutUsers)(`login shells${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let server: Sshd;

  beforeAll(async () => {
    const users = [
      ...present.map(([shell, written]) => ({ shell, files: written })),
      ...broken.map(([, user]) => user),
    ];
    server = await startSshd({ users, environment: gpuEnvironment(files.folder), config: ["Banner /etc/os-release"] });
  });
  afterAll(async () => {
    await server.dispose();
    await files.dispose();
  });

  const user = (index: number) => loginTo(server, { User: server.users[index]?.name ?? "" });

  it(`${present.map(([shell]) => basename(shell)).join(", ")} answer alike, whatever they say first`, async () => {
    const config = files.config(Object.fromEntries(present.map((_, index) => [`host${index}`, user(index)])));
    const names = present.map((_, index) => `host${index}`);
    const { code, stdout, stderr } = await tensorline(["gpus", ...names, "--json", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const hosts = hostsOf(stdout);
    for (const [index, name] of names.entries()) {
      expect(hosts[name]?.gpus, present[index]?.[0]).toHaveLength(2);
      expect(hosts[name]?.warnings).toEqual([]);
      expect(hosts[name]?.system?.user).toBe(server.users[index]?.name);
    }
  });

  for (const [index, [what, , saying]] of broken.entries()) {
    it(`${what} is told in one sentence`, async () => {
      const config = files.config({ good: loginTo(server), bad: user(present.length + index) });
      const { reason, message } = await askBoth(config);
      expect(reason).toBe("noShell");
      expect(message).toMatch(saying);
    });
  }

  it("--watch tells of a shell that ends and goes on with the other host", async () => {
    const config = files.config({ good: loginTo(server), bad: user(present.length) });
    const cli = start(["gpus", "good", "bad", "--watch", "--json", "--interval", "0.2", "-F", config]);
    await cli.until((stdout) =>
      stdout
        .split("\n")
        .slice(0, -1)
        .map(hostsOf)
        .some(({ good, bad }) => bad?.error?.reason === "noShell" && (good?.gpus[0]?.utilizationPercent ?? 0) > 2),
    );
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });
});
