import { expect, it } from "vitest";
import { readLines, textOf } from "../../../src/core/hostsFile/configLines";
import { putHost, readHost, removeHost } from "../../../src/core/hostsFile/editHosts";
import { type HostDraft, type HostField, hostFields } from "../../../src/core/hostsFile/hostFields";

const gpu1: HostDraft = { alias: "gpu1", values: { hostName: "gpu1.example.org", user: "ada", port: "2222" } };

const edited = `# my notes
Host gpu1   # the big one
\tHostName = gpu1.example.org
\t# not the default
\tPort 2222 # odd
\tCompression yes
\tIdentityFile "~/my keys/id"
\tidentityfile ~/second

# about the next
Host gpu2 gpu3
  User bob
`;

it("a first host gets a file that explains itself", () => {
  expect(
    putHost("", gpu1, undefined),
  ).toBe(`# Hosts added with Tensorline. Your ssh config includes this file, so ssh and other programs know them too.
# Edit it as you like: comments, order and options that Tensorline does not know are kept.

Host gpu1
  HostName gpu1.example.org
  User ada
  Port 2222
`);
});

it("an edit changes the lines it is about and nothing else", () => {
  const draft: HostDraft = {
    alias: "big",
    values: { hostName: "10.0.0.1", port: "22", identityFile: "~/new keys/id", user: "ada" },
  };
  expect(putHost(edited, draft, "gpu1")).toBe(`# my notes
Host big   # the big one
\tHostName = 10.0.0.1
\t# not the default
\tPort 22 # odd
\tCompression yes
\tIdentityFile "~/new keys/id"
\tidentityfile ~/second
\tUser ada

# about the next
Host gpu2 gpu3
  User bob
`);
});

it("a field that is emptied loses its lines, so that no later one takes its place", () => {
  const after = putHost(edited, { alias: "gpu1", values: { hostName: "gpu1.example.org" } }, "gpu1");
  expect(after).not.toMatch(/identityfile|Port/i);
  expect(after).toContain("\t# not the default\n\tCompression yes\n");
});

it("Windows line ends stay, in changed and in new lines", () => {
  const windows = edited.replaceAll("\n", "\r\n");
  const after = putHost(
    putHost(windows, { alias: "gpu1", values: { user: "ada" } }, "gpu1"),
    { alias: "gpu9", values: {} },
    undefined,
  );
  expect(after.replaceAll("\r\n", "")).not.toContain("\n");
  expect(after).toContain("\tUser ada\r\n");
});

it("saving what was read changes nothing", () => {
  const values = readHost(edited, "gpu1") ?? {};
  expect(values).toEqual({ hostName: "gpu1.example.org", port: "2222", identityFile: "~/my keys/id" });
  expect(putHost(edited, { alias: "gpu1", values }, "gpu1")).toBe(edited);
});

it("a block for several hosts is not one host's to change", () => {
  expect(readHost(edited, "gpu2")).toBeUndefined();
  expect(removeHost(edited, "gpu2")).toBe(edited);
});

it("a name that is taken is refused, for a new host and for a renamed one", () => {
  const both = putHost(edited, { alias: "gpu9", values: {} }, undefined);
  const taken = expect.objectContaining({ problem: { reason: "hostNameTaken", host: "gpu1" } });
  expect(() => putHost(edited, gpu1, undefined)).toThrow(taken);
  expect(() => putHost(both, gpu1, "gpu9")).toThrow(taken);
});

it("removing takes the host and leaves the comments around it", () => {
  expect(removeHost(edited, "gpu1")).toBe("# my notes\n\n# about the next\nHost gpu2 gpu3\n  User bob\n");
});

it("adding and removing leaves every text as it was, and lines joined again are the text", () => {
  const random = seeded(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const parts = [
    "Host a",
    "Host b c",
    "Match all",
    "  User x",
    "\tPort=3",
    "# note",
    "",
    "  # in",
    "Include x",
    "Ho",
    '  IdentityFile "a b',
    "\u00a0",
  ];
  for (let round = 0; round < 500; round++) {
    const end = pick(["\n", "\r\n"]);
    const text = Array.from({ length: Math.floor(random() * 12) }, () => `${pick(parts)}${end}`).join("");
    expect(textOf(readLines(text))).toBe(text);
    if (text === "") continue;
    const added = putHost(text, gpu1, undefined);
    expect(readHost(added, "gpu1")).toEqual(gpu1.values);
    expect(removeHost(added, "gpu1")).toBe(text);
    const renamed = putHost(added, { ...gpu1, alias: "other" }, "gpu1");
    expect(putHost(renamed, gpu1, "other")).toBe(added);
  }
});

const breaks = ["a\nProxyCommand x", "a\rb", 'a" b', "a'b", "a\u0000b", "a\u2028b", "", " a", "a "];
const bad: Readonly<Record<HostField | "alias", readonly string[]>> = {
  alias: ["*", "a b", "a?", "!a", "a,b", "#a", "a:22", "x@a", "-a", "$(id)", "a/b", "a%h", "=a"],
  hostName: ["-oProxyCommand=x", "a b", "a;b", "#a", "%d", "a%", "=a"],
  user: ["-l", "a -b", "a;b", "a\\\\b", "a\\"],
  port: ["0", "65536", "22x", "-1", "1e3", "022", "２２"],
  identityFile: ["id_rsa", "../id", "-x", "~/a\\ b"],
  proxyJump: ["a b", "a,", "a,-b", "a;b", "#", "a,b@"],
  forwardAgent: ["maybe", "$SSH_AUTH_SOCK"],
};

it.each(Object.entries(bad))("no %s can hold what ssh would read as something else", (field, values) => {
  for (const value of [...breaks, ...values]) {
    const draft = field === "alias" ? { alias: value, values: {} } : { alias: "gpu1", values: { [field]: value } };
    expect(() => putHost("", draft, undefined), value).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "hostFieldInvalid", value }) }),
    );
  }
});

it("every field's directive is one that ssh knows by this name", () => {
  expect(Object.values(hostFields).map(({ directive }) => directive)).toEqual([
    "HostName",
    "User",
    "Port",
    "IdentityFile",
    "ProxyJump",
    "ForwardAgent",
  ]);
});

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state / 2147483648;
  };
}
