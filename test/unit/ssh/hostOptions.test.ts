import { describe, expect, it } from "vitest";
import type { ClientFacts } from "../../../src/core/ports";
import { sshOptionArguments } from "../../../src/ssh/config";
import { parseSshOptions, printSshOptions } from "../../../src/ssh/config/printed";
import { type HostOptions, hostOptions } from "../../../src/ssh/hostOptions";

const linux: ClientFacts = { os: "linux", home: "/home/ada", user: "ada", env: {} };
const windows: ClientFacts = {
  os: "win32",
  home: "C:\\Users\\Ada Lovelace",
  user: "ada",
  env: { userprofile: "C:\\Users\\Ada Lovelace", ProgramData: "D:\\Data" },
};

function options(lines: readonly string[], client = linux, typed: Parameters<typeof hostOptions>[1] = { name: "lab" }) {
  const values = parseSshOptions(lines.join("\n"), client);
  const defaults = parseSshOptions("ciphers a,b\nmacs c\nkexalgorithms d\nhostkeyalgorithms e", client);
  return hostOptions({ name: "lab" }, typed, values, client, defaults);
}

describe("host options", () => {
  it("has defaults on Linux", () => {
    expect(options([])).toEqual<HostOptions>({
      hostname: "lab",
      port: 22,
      user: "ada",
      identityFiles: ["/home/ada/.ssh/id_rsa", "/home/ada/.ssh/id_ecdsa", "/home/ada/.ssh/id_ed25519"],
      identitiesOnly: false,
      agent: undefined,
      userKnownHosts: ["/home/ada/.ssh/known_hosts", "/home/ada/.ssh/known_hosts2"],
      globalKnownHosts: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
      strictHostKeyChecking: "ask",
      hostKeyAlias: undefined,
      connectTimeoutMs: undefined,
      serverAliveIntervalMs: undefined,
      serverAliveCountMax: undefined,
      preferredMethods: ["publickey", "keyboard-interactive", "password"],
      passwordTries: 3,
      addressFamily: 0,
      proxyJump: [],
      proxyCommand: undefined,
      certificateFiles: [],
      gssapi: false,
      pkcs11Provider: undefined,
      knownHostsCommand: undefined,
      revokedHostKeys: undefined,
      forwardAgent: undefined,
      environment: {},
      remoteCommand: undefined,
      localForwards: [],
      algorithms: {},
    });
  });

  it("has defaults on Windows", () => {
    expect(options([], windows)).toMatchObject({
      identityFiles: expect.arrayContaining(["C:\\Users\\Ada Lovelace\\.ssh\\id_ed25519"]),
      agent: "\\\\.\\pipe\\openssh-ssh-agent",
      userKnownHosts: ["C:\\Users\\Ada Lovelace\\.ssh\\known_hosts", "C:\\Users\\Ada Lovelace\\.ssh\\known_hosts2"],
      globalKnownHosts: ["D:\\Data\\ssh\\ssh_known_hosts", "D:\\Data\\ssh\\ssh_known_hosts2"],
    });
  });

  it("reads what ssh.exe prints, with a space in the home folder", () => {
    const printed = [
      "userknownhostsfile C:\\Users\\Ada Lovelace/.ssh/known_hosts C:\\Users\\Ada Lovelace/.ssh/known_hosts2\r",
      "globalknownhostsfile __PROGRAMDATA__\\ssh/ssh_known_hosts\r",
      "identityfile ~/.ssh/id_ed25519\r",
      "identityfile %USERPROFILE%\\keys\\%r@%h\r",
    ];
    expect(options(printed, windows)).toMatchObject({
      userKnownHosts: ["C:\\Users\\Ada Lovelace\\.ssh\\known_hosts", "C:\\Users\\Ada Lovelace\\.ssh\\known_hosts2"],
      globalKnownHosts: ["D:\\Data\\ssh/ssh_known_hosts"],
      identityFiles: ["C:\\Users\\Ada Lovelace\\.ssh\\id_ed25519", "C:\\Users\\Ada Lovelace\\keys\\ada@lab"],
    });
  });

  it("reads what Git's ssh prints on Windows", () => {
    const printed = ["userknownhostsfile /c/Users/ada/.ssh/known_hosts", "identityfile /d/keys/lab"];
    expect(options(printed, windows)).toMatchObject({
      userKnownHosts: ["C:\\Users/ada/.ssh/known_hosts"],
      identityFiles: ["D:\\keys/lab"],
    });
  });

  it("lets what the user typed win", () => {
    const lines = ["user config", "port 2200", "hostname 10.0.0.9"];
    expect(options(lines, linux, { name: "lab", user: "bob", port: 2222 })).toMatchObject({
      user: "bob",
      port: 2222,
      hostname: "10.0.0.9",
    });
  });

  it("expands tokens", () => {
    const lines = ["hostname %h.example.org", "user eve", "port 2200", "identityfile %d/keys/%h_%r-%u-%n-%p-%%"];
    expect(options(lines)).toMatchObject({
      hostname: "lab.example.org",
      identityFiles: ["/home/ada/keys/lab.example.org_eve-ada-lab-2200-%"],
    });
  });

  it.each([
    ["identityagent none", { SSH_AUTH_SOCK: "/s" }, undefined],
    ["identityagent SSH_AUTH_SOCK", { SSH_AUTH_SOCK: "/s" }, "/s"],
    ["identityagent $OTHER", { OTHER: "/o" }, "/o"],
    ["identityagent ~/agent.sock", {}, "/home/ada/agent.sock"],
    ["", { SSH_AUTH_SOCK: "/s" }, "/s"],
    ["", { SSH_AUTH_SOCK: "" }, undefined],
  ])("finds the agent: %s", (line, env, expected) => {
    expect(options([line], { ...linux, env }).agent).toBe(expected);
  });

  it.each([
    ["\\\\.\\pipe\\openssh-ssh-agent", "\\\\.\\pipe\\openssh-ssh-agent"],
    ["//./pipe/pageant.ada.1f2e", "\\\\.\\pipe\\pageant.ada.1f2e"],
    ['"//./pipe/pageant.ada lovelace.1f2e"', "\\\\.\\pipe\\pageant.ada lovelace.1f2e"],
    ["$PIPE", "\\\\.\\pipe\\mine"],
    ["none", undefined],
  ])("finds the agent's pipe on Windows: %s", (value, expected) => {
    const client = { ...windows, env: { ...windows.env, PIPE: "//./pipe/mine" } };
    expect(options([`identityagent ${value}`], client).agent).toBe(expected);
  });

  it.each([
    ["no", undefined],
    ["yes", "/s"],
    ["~/forwarded", "/home/ada/forwarded"],
    ["$OTHER", "/o"],
    ["$NOT_THERE", undefined],
  ])("finds the agent to forward: %s", (value, expected) => {
    const client = { ...linux, env: { SSH_AUTH_SOCK: "/s", OTHER: "/o" } };
    expect(options([`forwardagent ${value}`], client).forwardAgent).toBe(expected);
  });

  it("sends the variables that the config names, and no others", () => {
    const client = { ...linux, env: { LANG: "C", LC_ALL: "x", TOKEN: "secret", SET: "mine", GONE: undefined } };
    expect(options([], client).environment).toEqual({});
    const lines = ["sendenv LANG", "sendenv LC_*", "sendenv S?T", "sendenv GONE", "setenv SET=own", "setenv A=b=c d"];
    expect(options(lines, client).environment).toEqual({ LANG: "C", LC_ALL: "x", SET: "own", A: "b=c d" });
  });

  it("knows the ports to forward", () => {
    const lines = [
      "localforward 8080 [localhost]:80",
      "localforward [::1]:8081 [fe80::1]:81",
      "localforward []:8082 [h]:82",
      "localforward 8083 /run/x.sock",
      "localforward /tmp/s [h]:84",
    ];
    expect(options(lines).localForwards).toEqual([
      { bind: { port: 8080 }, target: { host: "localhost", port: 80 } },
      { bind: { host: "::1", port: 8081 }, target: { host: "fe80::1", port: 81 } },
      { bind: { host: "*", port: 8082 }, target: { host: "h", port: 82 } },
    ]);
    expect(options(["gatewayports yes", "localforward 1 [h]:2"]).localForwards[0]?.bind).toEqual({
      host: "*",
      port: 1,
    });
  });

  it("takes algorithms for a wish only where they are not the defaults", () => {
    expect(options(["ciphers a,b", "macs c", "kexalgorithms x,d", "hostkeyalgorithms "]).algorithms).toEqual({
      kex: ["x", "d"],
      hostKeys: [],
    });
  });

  it("asks for signs of life only where the config does", () => {
    expect(options(["serveraliveinterval 15", "serveralivecountmax 4"])).toMatchObject({
      serverAliveIntervalMs: 15_000,
      serverAliveCountMax: 4,
    });
    expect(options(["serveraliveinterval 0", "serveralivecountmax 4"])).toMatchObject({
      serverAliveIntervalMs: undefined,
      serverAliveCountMax: undefined,
    });
  });

  it("expands what files and libraries are named by", () => {
    const lines = ["certificatefile ~/c-%h", "revokedhostkeys ~/r", "pkcs11provider ~/p.so", "knownhostscommand k %H"];
    expect(options(lines)).toMatchObject({
      certificateFiles: ["/home/ada/c-lab"],
      revokedHostKeys: "/home/ada/r",
      pkcs11Provider: "/home/ada/p.so",
      knownHostsCommand: "k %H",
    });
  });

  it.each([
    ["yes", "yes"],
    ["true", "yes"],
    ["accept-new", "accept"],
    ["no", "accept"],
    ["off", "accept"],
    ["ask", "ask"],
    ["something", "ask"],
  ])("reads StrictHostKeyChecking %s", (word, expected) => {
    expect(options([`stricthostkeychecking ${word}`]).strictHostKeyChecking).toBe(expected);
  });

  it("orders and limits the ways to log in", () => {
    expect(options(["preferredauthentications password,gssapi-with-mic,publickey"]).preferredMethods).toEqual([
      "password",
      "publickey",
    ]);
    expect(options(["pubkeyauthentication no", "passwordauthentication no"]).preferredMethods).toEqual([
      "keyboard-interactive",
    ]);
  });

  it("takes `none` for no file", () => {
    const lines = ["userknownhostsfile none", "globalknownhostsfile NONE", "identityfile none"];
    expect(options(lines)).toMatchObject({ userKnownHosts: [], globalKnownHosts: [], identityFiles: [] });
  });

  it("knows the hops of a jump and, without one, the proxy command", () => {
    expect(options(["proxyjump ada@one:2222,two"]).proxyJump).toEqual(["ada@one:2222", "two"]);
    expect(options(["proxycommand nc one 22"]).proxyCommand).toBe("nc one 22");
    expect(options(["proxyjump none", "proxycommand none"])).toMatchObject({ proxyJump: [], proxyCommand: undefined });
    expect(options(["proxyjump ssh://bob@one:22,[10.0.0.1]:5,gate-%h"]).proxyJump).toEqual([
      "bob@one:22",
      "[10.0.0.1]:5",
      "gate-lab",
    ]);
  });

  it("makes a proxy command ready for the shell", () => {
    const lines = [
      "hostname real.example",
      "user eve",
      "port 2200",
      "hostkeyalias ali",
      "proxycommand x %h:%p %r %n %k 5%%",
    ];
    expect(options(lines).proxyCommand).toBe("x real.example:2200 eve lab ali 5%");
    expect(() => options(["proxycommand x %d"])).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "configUnsupported" }) }),
    );
  });

  it("prints options as ssh -G does", () => {
    const lines = ["user ada", "identityfile ~/a", "identityfile ~/b", "userknownhostsfile /home/ada/a /b"];
    expect(printSshOptions(parseSshOptions(lines.join("\n"), linux))).toEqual(lines);
  });

  it.each(["hostname -oProxyCommand=x", "hostname a;b", "user -x", "user a`b"])("refuses %s", (line) => {
    expect(() => options([line])).toThrow(expect.objectContaining({ problem: { reason: "badHostName", host: "lab" } }));
  });

  it("asks ssh with the host after the options", () => {
    const typed = { name: "lab", user: "bob", port: 2222 };
    expect(sshOptionArguments({ name: "bob@lab:2222", configFile: "/tmp/c" }, typed)).toEqual(
      "-G -F /tmp/c -l bob -p 2222 -- lab".split(" "),
    );
  });
});
