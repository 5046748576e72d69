import { describe, expect, it } from "vitest";
import { loginConfig } from "../../../src/ssh/system/loginConfig";
import { testOptions } from "./testOptions";

const linux = { os: "linux", home: "/home/ada", user: "ada", env: {} } as const;
const windows = {
  os: "win32",
  home: "C:\\Users\\Ada L",
  user: "ada",
  env: { ProgramData: "C:\\ProgramData" },
} as const;

function config(checking: string, more: Partial<Parameters<typeof loginConfig>[0]> = {}): string {
  const options = testOptions([`stricthostkeychecking ${checking}`, "userknownhostsfile /home/ada/known"]);
  const host = { name: "ada@lab1:2222" };
  return loginConfig({
    host,
    route: [{ host, options }],
    client: linux,
    ownKnownHosts: "/own 100%",
    acceptNew: false,
    ...more,
  });
}

describe("the config that stands before the user's", () => {
  it.each([
    ["no", false, "accept-new"],
    ["off", false, "accept-new"],
    ["accept-new", false, "accept-new"],
    ["ask", false, "ask"],
    ["ask", true, "accept-new"],
    ["yes", true, "yes"],
    ["yes", false, "yes"],
  ])("checks host keys where the user's says %s (new ones accepted: %s): %s", (checking, acceptNew, effective) => {
    const [match, first, files] = config(checking, { acceptNew }).split("\n");
    expect(match).toBe("Match originalhost lab1");
    expect(first?.trim()).toBe(`StrictHostKeyChecking ${effective}`);
    expect(files?.trim()).toBe('UserKnownHostsFile "/own 100%%" "/home/ada/known"');
  });

  it("never lets ssh accept a changed key, whatever host it comes to", () => {
    expect(config("no")).not.toMatch(/StrictHostKeyChecking (no|off)/);
    expect(config("no")).toMatch(/^Match all\nStrictHostKeyChecking ask$/m);
  });

  it("includes the user's and the system's, or the one that was named", () => {
    expect(config("ask")).toMatch(/^Include "\/home\/ada\/.ssh\/config"\nInclude "\/etc\/ssh\/ssh_config"\n$/m);
    const host = { name: "lab1", configFile: "/home/ada/[odd] config*" };
    const named = config("ask", { host });
    expect(named).toMatch(/^Include "\/home\/ada\/\[\[\]odd\] config\[\*\]"\n$/m);
    expect(named).not.toContain("/etc/ssh");
    const relative = config("ask", { host: { name: "lab1", configFile: "config" } });
    expect(relative).toContain(`Include "${process.cwd()}/config"\n`);
  });

  it("writes paths of Windows with slashes", () => {
    const text = config("ask", { client: windows, ownKnownHosts: "C:\\Users\\Ada L\\known" });
    expect(text).toContain('UserKnownHostsFile "C:/Users/Ada L/known" ');
    expect(text).toContain('Include "C:/Users/Ada L/.ssh/config"');
    expect(text).toContain('Include "C:/ProgramData/ssh/ssh_config"');
  });
});
