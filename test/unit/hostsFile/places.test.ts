import { describe, expect, it } from "vitest";
import { withInclude, withoutInclude } from "../../../src/core/hostsFile/include";
import { chosenConfigFile, hostsPlaces } from "../../../src/core/hostsFile/places";
import type { ClientFacts } from "../../../src/core/ports";

const linux: ClientFacts = { os: "linux", home: "/home/ada", user: "ada", env: {} };
const mac: ClientFacts = { os: "darwin", home: "/Users/ada", user: "ada", env: {} };
const windows: ClientFacts = { os: "win32", home: "C:\\Users\\Ada L", user: "ada", env: {} };

describe("the managed file", () => {
  it.each([
    [linux, undefined, "/home/ada/.ssh/tensorline.conf", "tensorline.conf"],
    [mac, undefined, "/Users/ada/.ssh/tensorline.conf", "tensorline.conf"],
    [windows, undefined, "C:\\Users\\Ada L\\.ssh\\tensorline.conf", "tensorline.conf"],
    [linux, "/home/ada/.ssh/work", "/home/ada/.ssh/tensorline.conf", "tensorline.conf"],
    [linux, "/home/ada/dot files/ssh", "/home/ada/dot files/tensorline.conf", "~/dot files/tensorline.conf"],
    [windows, "c:\\users\\ada l\\my\\ssh", "c:\\users\\ada l\\my\\tensorline.conf", "~/my/tensorline.conf"],
    [windows, "D:\\ssh\\config", "D:\\ssh\\tensorline.conf", "D:/ssh/tensorline.conf"],
    [linux, "/srv/ssh/config", "/srv/ssh/tensorline.conf", "/srv/ssh/tensorline.conf"],
  ] as const)("%o %s", (client, configFile, managed, include) => {
    expect(hostsPlaces(configFile, client)).toMatchObject({ managed, include });
  });

  it("is refused where ssh would read its path as a pattern", () => {
    expect(() => hostsPlaces("/srv/[a]/config", linux)).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "hostsFileUnusable" }) }),
    );
  });
});

describe("the ssh config in use", () => {
  it.each([
    [linux, ["", "/srv/config"], "/srv/config"],
    [linux, ["/own", "/remote"], "/own"],
    [linux, [undefined, "~/work/config"], "/home/ada/work/config"],
    [linux, ["", "/home/ada/.ssh/config"], undefined],
    [linux, ["relative/config", 7], undefined],
    [windows, ["", "D:\\ssh\\config"], "D:\\ssh\\config"],
    [windows, ["", "c:\\users\\ada l\\.ssh\\CONFIG"], undefined],
    [windows, ["~\\ssh.txt"], "C:\\Users\\Ada L\\ssh.txt"],
  ] as const)("%o %j", (client, candidates, file) => {
    expect(chosenConfigFile(candidates, client)).toBe(file);
  });
});

describe("the line that includes it", () => {
  const places = hostsPlaces(undefined, linux);
  const add = (text: string) => withInclude(text, places, linux);

  it("comes first, once, in the file's own line ends, and can be taken out again", () => {
    expect(add("")).toBe("Include tensorline.conf\n");
    expect(add("# mine\nHost a\n")).toBe("Include tensorline.conf\n# mine\nHost a\n");
    expect(add("Host a\r\n")).toBe("Include tensorline.conf\r\nHost a\r\n");
    expect(add("\uFEFFHost a\n")).toBe("\uFEFFInclude tensorline.conf\nHost a\n");
    expect(add(add("Host a\n"))).toBe(add("Host a\n"));
    expect(withoutInclude(add("Host a\r\n"), places, linux)).toBe("Host a\r\n");
  });

  it.each([
    "Include tensorline.conf",
    'include = "~/.ssh/tensorline.conf"',
    "Include /home/ada/.ssh/tensorline.conf # ours",
    "User bob\n  Include other tensorline.conf",
    "Include *.conf",
  ])("is there already: %s", (line) => {
    expect(add(`${line}\nHost a\n`)).toBe(`${line}\nHost a\n`);
  });

  it.each([
    "# Include tensorline.conf",
    "Include conf.d/*.conf",
    "Include tensorline.conf.bak",
    "Host a\n  Include tensorline.conf",
    "Match all\nInclude tensorline.conf",
  ])("is still needed: %s", (line) => {
    expect(add(`${line}\n`)).toBe(`Include tensorline.conf\n${line}\n`);
  });

  it("is quoted where its path has a blank", () => {
    const elsewhere = hostsPlaces("/home/ada/dot files/ssh", linux);
    const once = withInclude("", elsewhere, linux);
    expect(once).toBe('Include "~/dot files/tensorline.conf"\n');
    expect(withInclude(once, elsewhere, linux)).toBe(once);
  });
});
