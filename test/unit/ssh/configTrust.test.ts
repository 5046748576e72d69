import { describe, expect, it } from "vitest";
import type { ClientFacts } from "../../../src/core/ports";
import { isInside } from "../../../src/ssh/config/trust";

const client = (os: ClientFacts["os"]): ClientFacts => ({ os, home: "", user: "ada", env: {} });

describe("a file in an open folder", () => {
  it.each([
    ["linux", "/home/ada/work", "/home/ada/work/ssh_config", true],
    ["linux", "/home/ada/work", "/home/ada/work/a/../b/config", true],
    ["linux", "/home/ada/work", "/home/ada/work", true],
    ["linux", "/home/ada/work", "/home/ada/..work/config", false],
    ["linux", "/home/ada/work", "/home/ada/workshop/config", false],
    ["linux", "/home/ada/work", "/home/ada/.ssh/config", false],
    ["linux", "/home/ada/Work", "/home/ada/work/config", false],
    ["linux", "/home/ada/work", "/home/ada/work/..config", true],
    ["darwin", "/Users/ada/Work", "/users/ada/work/config", true],
    ["win32", "C:\\Users\\Ada\\work", "c:\\users\\ada\\WORK\\ssh\\config", true],
    ["win32", "C:\\Users\\Ada\\work", "C:/Users/Ada/work/config", true],
    ["win32", "C:\\Users\\Ada\\work", "D:\\Users\\Ada\\work\\config", false],
    ["win32", "C:\\Users\\Ada\\work", "C:\\Users\\Ada\\.ssh\\config", false],
  ] as const)("on %s: %s, %s", (os, folder, file, inside) => {
    expect(isInside(folder, file, client(os))).toBe(inside);
  });
});
