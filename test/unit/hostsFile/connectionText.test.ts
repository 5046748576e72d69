import { expect, it } from "vitest";
import { parseConnectionText } from "../../../src/core/hostsFile/connectionText";
import { checkDraft, shortName } from "../../../src/core/hostsFile/hostFields";

it.each([
  ["gpu1", "gpu1", {}],
  ["ada@gpu1", "gpu1", { user: "ada" }],
  ["ada@gpu1.example.org:2222", "gpu1", { user: "ada", hostName: "gpu1.example.org", port: "2222" }],
  ["ssh://ada@gpu1.example.org:2222/", "gpu1", { user: "ada", hostName: "gpu1.example.org", port: "2222" }],
  ["192.0.2.7", "192.0.2.7", {}],
  ["[2001:db8::7]:2222", "2001-db8-7", { hostName: "2001:db8::7", port: "2222" }],
  ["DOMAIN\\ada@gpu1", "gpu1", { user: "DOMAIN\\ada" }],
  [
    "ssh -p 2222 ada@gpu1.example.org -J bastion",
    "gpu1",
    { user: "ada", hostName: "gpu1.example.org", port: "2222", proxyJump: "bastion" },
  ],
  [
    "ssh -Ap2222 -l ada -i '~/my keys/id' gpu1",
    "gpu1",
    { forwardAgent: "yes", port: "2222", user: "ada", identityFile: "~/my keys/id" },
  ],
  ["ssh -o Port=2222 -oUser=ada gpu1", "gpu1", { port: "2222", user: "ada" }],
  ["C:\\Windows\\System32\\OpenSSH\\ssh.exe -- gpu1", "gpu1", {}],
] as const)("%s", (text, alias, values) => {
  const { draft, leftOut } = parseConnectionText(text);
  expect(draft).toEqual({ alias, values });
  expect(leftOut).toEqual([]);
  checkDraft(draft);
});

it("says what a host entry does not hold, and never takes a remote command for a host", () => {
  const { draft, leftOut } = parseConnectionText("ssh -L 8080:localhost:80 -v -o Compression=yes gpu1 rm -rf x");
  expect(draft).toEqual({ alias: "gpu1", values: {} });
  expect(leftOut).toEqual(["-L 8080:localhost:80", "-v", "-o Compression=yes", "rm -rf x"]);
});

it.each(["", "ssh -p 22", "-oProxyCommand=x", "ada@", "gpu1:99999", "a b", "$(id)"])("%j is no host", (text) => {
  expect(() => parseConnectionText(text)).toThrow(
    expect.objectContaining({ problem: expect.objectContaining({ reason: "badHostName" }) }),
  );
});

it("a host that its address says whole can be kept without a file", () => {
  expect(shortName(parseConnectionText("ssh -p 22 ada@gpu1.example.org").draft)).toBe("ada@gpu1.example.org:22");
  expect(shortName(parseConnectionText("[2001:db8::7]:2222").draft)).toBe("[2001:db8::7]:2222");
  expect(shortName(parseConnectionText("ssh -J bastion gpu1").draft)).toBeUndefined();
});
