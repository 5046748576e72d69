import { describe, expect, it } from "vitest";
import type { ClientFacts } from "../../../src/core/ports";
import { shellCommand } from "../../../src/ssh/proxyCommand";
import { builtInProxy, parseProxyCommand } from "../../../src/ssh/proxyDialects";

const target = { host: "gpu.example.org", port: 22 };
const server = { host: "proxy", port: 8080 };

describe("well-known proxy programs", () => {
  it.each([
    ["nc -X connect -x proxy:8080 gpu.example.org 22", "http", server],
    ["nc -Xconnect -xproxy:8080 -w 10 gpu.example.org 22", "http", server],
    ["nc.openbsd -x proxy:8080 gpu.example.org 22", undefined, server],
    ["/usr/bin/nc -X 5 -x proxy gpu.example.org 22", "socks5", { host: "proxy", port: 1080 }],
    ["nc -v -X 4 -x proxy:8080 gpu.example.org 22", "socks4", server],
    ["nc -x proxy:8080 gpu.example.org 22", "socks5", server],
    ["nc gpu.example.org 22", "none", target],
    ["ncat --proxy proxy:8080 gpu.example.org 22", "http", server],
    ["ncat --proxy=proxy:8080 --proxy-type=socks5 gpu.example.org 22", "socks5", server],
    [
      "ncat --proxy [2001:db8::1]:8080 --proxy-type socks4 gpu.example.org 22",
      "socks4",
      { ...server, host: "2001:db8::1" },
    ],
    ["connect -H proxy:8080 gpu.example.org 22", "http", server],
    ['"C:\\Program Files\\Git\\mingw64\\bin\\connect.exe" -S proxy:8080 gpu.example.org 22', "socks5", server],
    ["connect-proxy -4 -S proxy:8080 gpu.example.org 22", "socks4", server],
    ["corkscrew proxy 8080 gpu.example.org 22", "http", server],
    ["exec nc -X connect -x proxy:8080 gpu.example.org 22", "http", server],
  ])("%s", (command, protocol, at) => {
    const use = parseProxyCommand(command);
    if (protocol === undefined) expect(use).toBeUndefined();
    else expect(use).toMatchObject({ protocol, server: at, target });
  });

  it.each([
    "nc -X connect -x proxy:8080 gpu.example.org 22 | tee log",
    "nc -X connect -x $PROXY gpu.example.org 22",
    "nc -P me -X connect -x proxy:8080 gpu.example.org 22",
    "nc -e sh gpu.example.org 22",
    "ncat --proxy proxy:8080 --proxy-auth me:secret gpu.example.org 22",
    "connect -S me@proxy:8080 gpu.example.org 22",
    "corkscrew proxy 8080 gpu.example.org 22 auth.txt",
    "nc -x proxy:99999 gpu.example.org 22",
    "ssh -W gpu.example.org:22 bastion",
    "",
  ])("leaves to the shell: %s", (command) => {
    expect(parseProxyCommand(command)).toBeUndefined();
  });
});

describe("who speaks to the proxy", () => {
  const linux: ClientFacts = { os: "linux", home: "/home/a", user: "a", env: { PATH: "/usr/bin:/bin" } };
  const windows: ClientFacts = { os: "win32", home: "C:\\Users\\a", user: "a", env: { Path: "C:\\none" } };

  it("is the program where the client has it", async () => {
    expect(await builtInProxy("sh -X connect", linux)).toBeUndefined();
    expect(
      await builtInProxy("nc -x proxy:8080 gpu.example.org 22", { ...linux, env: { PATH: "/none" } }),
    ).toMatchObject({ program: "nc", protocol: "socks5" });
    expect(await builtInProxy("nc -x proxy:8080 gpu.example.org 22", windows)).toMatchObject({ server, target });
  });
});

describe("the client's shell", () => {
  it("is the user's own on POSIX, replaced by the command", () => {
    const client: ClientFacts = { os: "darwin", home: "/Users/a", user: "a", env: { SHELL: "/bin/zsh" } };
    expect(shellCommand("nc -x 'a b' h 22", client)).toEqual({
      file: "/bin/zsh",
      args: ["-c", "exec nc -x 'a b' h 22"],
      verbatim: false,
    });
    expect(shellCommand("nc h 22", { ...client, env: {} }).file).toBe("/bin/sh");
  });

  it("is cmd.exe on Windows, which takes off no more than the outer quotes", () => {
    const client: ClientFacts = { os: "win32", home: "C:\\Users\\a", user: "a", env: { COMSPEC: "C:\\W\\cmd.exe" } };
    expect(shellCommand('"C:\\Program Files\\connect.exe" -H p:1 h 22', client)).toEqual({
      file: "C:\\W\\cmd.exe",
      args: ["/d", "/s", "/c", '""C:\\Program Files\\connect.exe" -H p:1 h 22"'],
      verbatim: true,
    });
    expect(shellCommand("connect h 22", { ...client, env: {} }).file).toBe("cmd.exe");
  });
});
