import { describe, expect, it } from "vitest";
import { parseHostName } from "../../../src/core/hostName";

describe("host names", () => {
  it.each([
    ["lab1", { name: "lab1" }],
    ["alice@lab1", { name: "lab1", user: "alice" }],
    ["alice@lab1:2222", { name: "lab1", user: "alice", port: 2222 }],
    ["alice@corp@lab1", { name: "lab1", user: "alice@corp" }],
    ["CORP\\alice@lab1", { name: "lab1", user: "CORP\\alice" }],
    ["[::1]:2222", { name: "::1", port: 2222 }],
    ["bob@[fe80::1%eth0]", { name: "fe80::1%eth0", user: "bob" }],
    ["fe80::1", { name: "fe80::1" }],
    ["10.0.0.7:22", { name: "10.0.0.7", port: 22 }],
    ["größe", { name: "größe" }],
  ])("reads %s", (text, expected) => {
    expect(parseHostName(text)).toEqual(expected);
  });

  it.each([
    "",
    "-oProxyCommand=id",
    "a@-host",
    "-a@host",
    "a b",
    "host;id",
    "$(id)",
    "`id`",
    "a|b",
    "host\n",
    "host\u0000",
    "ho'st",
    'ho"st',
    "us;er@host",
    "us\ner@host",
    "a -b@host",
    "user\\@host",
    "@host",
    "host:0",
    "host:65536",
    "host:",
    "host:ssh",
    "[::1",
    "a:b:c",
  ])("refuses %j", (text) => {
    expect(() => parseHostName(text)).toThrow(
      expect.objectContaining({ problem: { reason: "badHostName", host: text } }),
    );
  });
});
